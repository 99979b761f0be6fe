# SaiJian (赛鉴). Works on a fresh Debian or Ubuntu with git, make and Python 3.11 to 3.13.
#   make rehearse SECONDS=30 ARGS="--json"      make test ARGS="-k journal -x"      make lock ARGS="--upgrade"
#   make soak KILLS=200      make soak MINUTES=40      make soak CUTS=200      make soak CYCLES=100
PYTHON  ?= python3
SECONDS ?= 60
ARGS    ?=
BIN     := .venv/bin
# tests at once; 3 pays on two idle processors, 2 is steady beside other work
WORKERS ?= 2

.PHONY: help setup test lint types-linux types-windows rehearse bench soak screenshots lock windows-lab windows-test windows-bench windows windows-smoke linux-bundle linux-smoke ci clean

help:  ## 列出命令 / list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup:  ## 准备这台机器 / prepare this machine
	@$(PYTHON) packaging/dev/setup.py

test: lint  ## 全部检查和测试 / all checks and tests
	@WORKERS=$(WORKERS) $(BIN)/python packaging/dev/suite.py $(ARGS)

lint: setup  ## 风格、类型、分层 / style, types, the ladder
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory --jobs=2 types-linux types-windows
	@$(BIN)/lint-imports

types-linux:
	@$(BIN)/mypy

types-windows:
	@$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32 client

rehearse: setup  ## 完整彩排一场 / rehearse one whole session
	@$(BIN)/saijian rehearse --seconds $(SECONDS) $(ARGS)

bench: setup  ## 与其他录屏软件比较 / our recorder against public ones
	@$(PYTHON) packaging/dev/setup.py bench
	@$(BIN)/python -m tests.bench $(ARGS)

soak: setup  ## 长时间、反复折磨录制进程 / kills, hours and power losses
	@$(BIN)/python -m tests.soak $(if $(KILLS),--kills $(KILLS)) $(if $(MINUTES),--minutes $(MINUTES)) \
		$(if $(CUTS),--cuts $(CUTS)) $(if $(CYCLES),--cycles $(CYCLES)) $(ARGS)

screenshots: setup  ## 每一页的图片 → build/screenshots/pages / pictures of every page
	@$(BIN)/python -m tests.screenshots $(ARGS)

lock:  ## 重新锁定依赖 / lock the dependencies again
	@$(PYTHON) packaging/dev/lock.py $(ARGS)

windows-lab: setup  ## Windows 实验室（root）/ the Windows lab (root)
	@nice -n 10 $(BIN)/python packaging/windows/lab.py

windows-test: windows-lab  ## 在 Windows 版 Python 上测试 / tests on Windows Python
	@nice -n 10 $(BIN)/python packaging/windows/run_tests.py $(ARGS)

windows-bench: windows-lab  ## 录制开销与 gdigrab 相比 / our recorder against gdigrab
	@nice -n 5 $(BIN)/python packaging/windows/against_gdigrab.py $(ARGS)

windows: windows-lab  ## Windows 安装程序 → dist/ / the Windows installer
	@nice -n 10 $(BIN)/python packaging/windows/build.py $(ARGS)

windows-smoke: windows-lab  ## 在实验室里试用安装程序 / tries the installer in the lab
	@nice -n 10 $(BIN)/python packaging/smoke.py $(ARGS)

linux-bundle: setup  ## Linux 程序和 .deb → dist/（root）/ the Linux bundle and .deb (root)
	@nice -n 10 $(BIN)/python packaging/linux/bundle.py $(ARGS)

linux-smoke: setup  ## 在干净的 Debian 里试用 .deb 和 tar.gz / tries both in a clean Debian
	@nice -n 10 $(BIN)/python packaging/smoke.py --target linux $(ARGS)
	@nice -n 10 $(BIN)/python packaging/smoke.py --target linux-tar $(ARGS)

# one after the other: tests that wait for answers must not wait for builds
# a trial of ten minutes in real seconds gets a second chance, as the tests have; both are shown
ci: test  ## 全部：测试、实验室、打包、试用（root）/ everything (root)
	@for step in windows-test windows linux-bundle; do \
		$(MAKE) --no-print-directory $$step || exit $$?; done
	@for step in windows-smoke linux-smoke; do \
		$(MAKE) --no-print-directory $$step || { echo "$$step: once more"; \
		$(MAKE) --no-print-directory $$step; } || exit $$?; done

clean:  ## 删除 .venv 和缓存 / remove .venv and caches
	@rm -rf .venv .setup.lock .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist
