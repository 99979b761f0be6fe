; What each of our stubs looks at first: a system too old gets a sentence, never a DLL error.
; The stubs are 32-bit so that they run there at all (docs/decisions/0014-no-older-windows.md).

!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh
!include FileFunc.nsh

!define OLDEST_BUILD 17763 ; Windows 10 1809
!define FIRST_ARM64_BUILD 22000 ; Windows 11 runs x64 programs on ARM

!define TOO_OLD_ZH "这台电脑的 Windows 太旧，或是 32 位的，赛鉴不能在这里运行。$\r$\n需要：64 位的 Windows 10（1809 版或更新）或 Windows 11。$\r$\n$\r$\n请这样做：$\r$\n1. 换一台符合要求的电脑，再次打开这个文件。$\r$\n2. 没有的话，请拨打报名通知上主办方的电话。$\r$\n$\r$\n这台电脑上什么都没有改动。"
!define TOO_OLD_EN "The Windows on this computer is too old, or 32-bit, so SaiJian cannot run here.$\r$\nNeeded: 64-bit Windows 10 (version 1809 or later) or Windows 11.$\r$\n$\r$\nWhat to do:$\r$\n1. Use a computer that has it, and open this file there.$\r$\n2. No other computer? Call the organizer: the number is on your registration notice.$\r$\n$\r$\nNothing was changed on this computer."

; Exit codes of all stubs; help.nsh explains them. NSIS itself gives 0, 1 (cancelled), 2 (failed).
!define TOO_OLD 10
!define IN_USE 11
!define STILL_OPEN 12
!define WRONG_FOLDER 13
!define NO_SPACE 14
!define INCOMPLETE 15
!define EVIDENCE_HELD 20

; Leave with `CODE`; the person is told only where somebody looks.
!macro LeaveWith CODE WORDS
  SetErrorLevel ${CODE}
  MessageBox MB_OK|MB_ICONEXCLAMATION "${WORDS}" /SD IDOK
  Quit
!macroend
!define LeaveWith "!insertmacro LeaveWith"

!macro RequireSystem
  StrCpy $0 "fits"
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastWin10}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    StrCpy $0 "old"
  ${ElseIf} ${IsNativeARM64}
  ${AndIfNot} ${AtLeastBuild} ${FIRST_ARM64_BUILD}
    StrCpy $0 "old"
  ${EndIf}
  ${If} $0 == "old"
    ${LeaveWith} ${TOO_OLD} "${TOO_OLD_ZH}$\r$\n$\r$\n${TOO_OLD_EN}"
  ${EndIf}
!macroend
!define RequireSystem "!insertmacro RequireSystem"
