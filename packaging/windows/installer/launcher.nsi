; 打开赛鉴.exe of the portable folder: looks at the system, then starts the window. Made by
; packaging/windows/portable.py, which defines OUTPUT, VERSION, FOUR and ICON.

Unicode true
Target x86-unicode ; 32-bit, so that it can also speak on old Windows
RequestExecutionLevel user
ManifestSupportedOS all
ManifestDPIAware true
AutoCloseWindow true
OutFile "${OUTPUT}"
Name "赛鉴 SaiJian"
Caption "赛鉴 SaiJian"
Icon "${ICON}"
LoadLanguageFile "${NSISDIR}${SLASH}Contrib${SLASH}Language files${SLASH}SimpChinese.nlf"
VIProductVersion "${FOUR}"
VIAddVersionKey /LANG=2052 "ProductName" "赛鉴 SaiJian"
VIAddVersionKey /LANG=2052 "FileDescription" "打开赛鉴 (start SaiJian)"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "CompanyName" "SaiJian"
VIAddVersionKey /LANG=2052 "LegalCopyright" "GPL-3.0-or-later"

!include system.nsh

!define PROGRAM "$EXEDIR\program\SaiJianApp.exe"
!define INCOMPLETE_WORDS "这里缺少赛鉴的文件。$\r$\n$\r$\n请先把压缩包全部解压（右键，“全部解压缩”），再打开解压出来的文件夹里的“打开赛鉴”。$\r$\n$\r$\nSaiJian's files are missing here. Extract the whole zip first (right click, Extract All), then open this file in the extracted folder."

; All of it before a page would be shown: only messages are seen, and with /S not even those.
Function .onInit
  ${RequireSystem}
  ${IfNot} ${FileExists} "${PROGRAM}"
    ${LeaveWith} ${INCOMPLETE} "${INCOMPLETE_WORDS}"
  ${EndIf}
  ${GetParameters} $0
  SetOutPath "$EXEDIR\program"
  ClearErrors
  Exec '"${PROGRAM}" $0'
  ${If} ${Errors}
    ${LeaveWith} ${INCOMPLETE} "${INCOMPLETE_WORDS}"
  ${EndIf}
  SetErrorLevel 0
  Quit
FunctionEnd

Section
SectionEnd
