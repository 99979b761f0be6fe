; The installer: for this user only, no administrator. Made by packaging/windows/installer.py, which
; defines BUNDLE, OUTPUT, VERSION, FOUR (version as a.b.c.d), KIND, SIZE_KB, NEEDED_MB, ICON, SIDE (a
; picture), SIGN where a certificate is given and, for a trial, FAST.
;
; An update is two renames: the new program is written whole beside the old one, then changes places
; with it. Killed before, the old one is untouched; killed after, the new one is whole. Between the
; two, a RunOnce value puts the old one back at the next log-on.

Unicode true
Target x86-unicode ; 32-bit, so that it can also speak on old Windows
!ifdef FAST
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
RequestExecutionLevel user
ManifestSupportedOS all
ManifestDPIAware true
OutFile "${OUTPUT}"

!include MUI2.nsh
!include system.nsh
!include help.nsh
!include running.nsh

!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\SaiJian"
!define RUN_ONCE "Software\Microsoft\Windows\CurrentVersion\RunOnce"
!define RESUME "SaiJian" ; the window's own: an unfinished session
!define PUT_BACK "SaiJianUpdate"
!define CLASSES "Software\Classes"
!define SHORTCUT "赛鉴.lnk"
!define INCOMING "$INSTDIR.saijian-new"
!define OUTGOING "$INSTDIR.saijian-old"
!define RENAME_LOOKS 40 ; 10 s: scanners read what was just written

Name "$(Label)"
BrandingText " "
InstallDir "$LOCALAPPDATA\Programs\SaiJian"
InstallDirRegKey HKCU "${ENTRY}" "InstallLocation"
ShowInstDetails nevershow
ShowUninstDetails nevershow
AllowSkipFiles off
VIProductVersion "${FOUR}"
VIAddVersionKey /LANG=0 "ProductName" "赛鉴 SaiJian"
VIAddVersionKey /LANG=0 "FileDescription" "赛鉴安装程序 (SaiJian setup)"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "CompanyName" "SaiJian"
VIAddVersionKey /LANG=0 "LegalCopyright" "GPL-3.0-or-later"
VIAddVersionKey /LANG=0 "Comments" "${KIND}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_WELCOMEPAGE_TITLE "$(Hello)"
!define MUI_WELCOMEPAGE_TEXT "$(HelloMore)"
!define MUI_FINISHPAGE_TITLE "$(Done)"
!define MUI_FINISHPAGE_TEXT "$(DoneMore)"
!define MUI_FINISHPAGE_RUN "$INSTDIR\${WINDOW}"
!define MUI_FINISHPAGE_RUN_TEXT "$(StartIt)"
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_NOTCHECKED
!define MUI_FINISHPAGE_SHOWREADME_TEXT "$(OnDesktop)"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION PutOnDesktop
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "$(Gone)"
!define MUI_FINISHPAGE_TEXT "$(GoneMore)"
!insertmacro MUI_UNPAGE_FINISH
!insertmacro MUI_LANGUAGE "SimpChinese"
!insertmacro MUI_LANGUAGE "English"
!include words.nsh

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"' = 0
!endif

; Links and files of these kinds mean something else from now on (SHCNE_ASSOCCHANGED).
!macro TellExplorer
  System::Call 'shell32::SHChangeNotify(i0x08000000, i0, p0, p0)'
!macroend

!insertmacro RunningFunctions ""
!insertmacro RunningFunctions "un."

; ---- before anything is written ------------------------------------------------------------------

Function .onInit
  ${HelpIfAsked} "赛鉴 SaiJian ${VERSION}$\r$\n$\r$\n/S   不显示窗口 silent$\r$\n/DESKTOP   桌面图标 icon on the desktop$\r$\n/D=文件夹   安装位置，写在最后，不加引号 folder: last, without quotes$\r$\n/?   这段说明 this help"
  ${RequireSystem}
  SetRegView 64
  SetShellVarContext current
  System::Call 'kernel32::CreateMutexW(p0, i0, w"SaiJianSetup") p.r1 ?e'
  Pop $0
  ${If} $0 = 183 ; ERROR_ALREADY_EXISTS
    ${LeaveWith} ${IN_USE} "$(Twice)"
  ${EndIf}
  Call PutBackWhatWasInterrupted
  Call RequireOurFolder
  Call RequireSpace
  ${MustBeFree} ""
FunctionEnd

Function PutBackWhatWasInterrupted
  ${If} ${FileExists} "${OUTGOING}\${WINDOW}"
  ${AndIfNot} ${FileExists} "$INSTDIR\${WINDOW}"
    Rename "${OUTGOING}" "$INSTDIR"
  ${EndIf}
FunctionEnd

Function RequireOurFolder
  ${If} ${FileExists} "$INSTDIR\sessions\*.*"
    ${LeaveWith} ${WRONG_FOLDER} "$(HoldsSessions)"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
  ${AndIfNot} ${FileExists} "$INSTDIR\files.sha256"
    RMDir "$INSTDIR" ; only an empty one goes
    ${If} ${FileExists} "$INSTDIR\*.*"
      ${LeaveWith} ${WRONG_FOLDER} "$(NotOurs)"
    ${EndIf}
  ${EndIf}
FunctionEnd

Function RequireSpace
  ${GetRoot} "$INSTDIR" $0
  ClearErrors
  ${DriveSpace} "$0\" "/D=F /S=M" $1
  ${IfNot} ${Errors}
  ${AndIf} $1 < ${NEEDED_MB}
    ${LeaveWith} ${NO_SPACE} "$(NoSpace)"
  ${EndIf}
FunctionEnd

; ---- writing -------------------------------------------------------------------------------------

Section "-Program"
  RMDir /r "${INCOMING}"
  RMDir /r "${OUTGOING}"
  ClearErrors
  ; first the two FFmpegs, beside each other: what they share is packed once (2.4 MB)
  SetOutPath "${INCOMING}\_internal\cv2"
  File "${BUNDLE}${SLASH}_internal${SLASH}cv2${SLASH}opencv_videoio_ffmpeg*.dll"
  SetOutPath "${INCOMING}\_internal\av.libs"
  File "${BUNDLE}${SLASH}_internal${SLASH}av.libs${SLASH}*"
  SetOutPath "${INCOMING}"
  File /r /x opencv_videoio_ffmpeg*.dll /x av.libs "${BUNDLE}${SLASH}*"
  WriteUninstaller "${INCOMING}\uninstall.exe"
  SetOutPath "$TEMP" ; a folder that we stand in cannot be renamed
  ${If} ${Errors}
    Call ThrowAway
    ${LeaveWith} 2 "$(NotWritten)"
  ${EndIf}
  Call ChangePlaces
  Call Register
  RMDir /r "${OUTGOING}"
SectionEnd

Function ThrowAway
  SetOutPath "$TEMP"
  RMDir /r "${INCOMING}"
FunctionEnd

Function .onInstFailed
  Call ThrowAway
FunctionEnd

Function ChangePlaces
  Call MakeFree ; once more: a minute has passed
  ${If} $0 == "recording"
    Call ThrowAway
    ${LeaveWith} ${IN_USE} "$(Recording)"
  ${ElseIf} $0 == "open"
    Call ThrowAway
    ${LeaveWith} ${STILL_OPEN} "$(CloseIt)"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\*.*"
    ${GetParent} "$INSTDIR" $0
    ${GetFileName} "$INSTDIR" $1
    WriteRegStr HKCU "${RUN_ONCE}" "${PUT_BACK}" \
      'cmd.exe /d /c "cd /d "$0"&&if not exist "$1" ren "$1.saijian-old" "$1""'
    StrCpy $0 "$INSTDIR"
    StrCpy $1 "${OUTGOING}"
    Call RenamePatiently
    ${If} ${Errors}
      DeleteRegValue HKCU "${RUN_ONCE}" "${PUT_BACK}"
      Call ThrowAway
      ${LeaveWith} ${IN_USE} "$(Locked)"
    ${EndIf}
  ${EndIf}
  StrCpy $0 "${INCOMING}"
  StrCpy $1 "$INSTDIR"
  Call RenamePatiently
  ${If} ${Errors}
    Rename "${OUTGOING}" "$INSTDIR"
    DeleteRegValue HKCU "${RUN_ONCE}" "${PUT_BACK}"
    Call ThrowAway
    ${LeaveWith} 2 "$(NotWritten)"
  ${EndIf}
  DeleteRegValue HKCU "${RUN_ONCE}" "${PUT_BACK}"
FunctionEnd

; From $0 to $1; the error flag tells that it could not be done.
Function RenamePatiently
  StrCpy $2 0
  ${Do}
    ClearErrors
    Rename $0 $1
    ${IfNot} ${Errors}
      Return
    ${EndIf}
    Sleep ${LOOK_AGAIN_MS}
    IntOp $2 $2 + 1
  ${LoopUntil} $2 >= ${RENAME_LOOKS}
  SetErrors
FunctionEnd

Function Register
  SetOutPath "$TEMP"
  CreateShortcut "$SMPROGRAMS\${SHORTCUT}" "$INSTDIR\${WINDOW}" "" "$INSTDIR\${WINDOW}" 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/DESKTOP" $1
  ${IfNot} ${Errors}
    Call PutOnDesktop
  ${EndIf}

  WriteRegStr HKCU "${CLASSES}\saijian" "" "URL:$(PlanFile)"
  WriteRegStr HKCU "${CLASSES}\saijian" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\saijian\DefaultIcon" "" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${CLASSES}\saijian\shell\open\command" "" '"$INSTDIR\${WINDOW}" window --plan "%1"'
  WriteRegStr HKCU "${CLASSES}\.saijian" "" "SaiJian.Plan"
  WriteRegStr HKCU "${CLASSES}\SaiJian.Plan" "" "$(PlanFile)"
  WriteRegStr HKCU "${CLASSES}\SaiJian.Plan\DefaultIcon" "" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${CLASSES}\SaiJian.Plan\shell\open\command" "" '"$INSTDIR\${WINDOW}" window --plan "%1"'
  !insertmacro TellExplorer

  WriteRegStr HKCU "${ENTRY}" "DisplayName" "$(Label)"
  WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\${WINDOW},0"
  WriteRegStr HKCU "${ENTRY}" "Publisher" "SaiJian"
  WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" ${SIZE_KB}
  WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
  WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
FunctionEnd

Function PutOnDesktop
  SetOutPath "$TEMP"
  CreateShortcut "$DESKTOP\${SHORTCUT}" "$INSTDIR\${WINDOW}" "" "$INSTDIR\${WINDOW}" 0
FunctionEnd

; ---- the uninstaller: it deletes no recording, and keeps the program while one needs it --------------

Function un.onInit
  ${HelpIfAsked} "赛鉴 SaiJian ${VERSION}$\r$\n$\r$\n/S   不显示窗口 silent$\r$\n/EVENIFHELD   录像还在保存期内也卸载程序，录像留下 remove the program even while recordings must be kept; they stay$\r$\n_?=文件夹   等到结束并给出退出代码：先把 uninstall.exe 复制到别处，写在最后 wait and return the exit code: copy uninstall.exe elsewhere first; last word"
  SetRegView 64
  SetShellVarContext current
  ${IfNot} ${FileExists} "$INSTDIR\files.sha256"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    ${LeaveWith} ${WRONG_FOLDER} "$(NotOurs)"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\sessions\*.*"
    ${LeaveWith} ${WRONG_FOLDER} "$(HoldsSessions)"
  ${EndIf}
  ${MustBeFree} "un."
  Call un.RequireNothingHeld
FunctionEnd

; `saijian retention`: 0 nothing is held, 3 something is, all else counts as held.
Function un.RequireNothingHeld
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/EVENIFHELD" $1
  ${IfNot} ${Errors}
    Return
  ${EndIf}
  nsExec::Exec /TIMEOUT=120000 '"$INSTDIR\${WORKER}" retention'
  Pop $1
  ${If} $1 == "0"
    Return
  ${EndIf}
  SetErrorLevel ${EVIDENCE_HELD}
  ${If} $1 == "3"
    MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONEXCLAMATION "$(Held)" /SD IDNO IDYES goOn
  ${Else}
    MessageBox MB_YESNO|MB_DEFBUTTON2|MB_ICONEXCLAMATION "$(NotTold)" /SD IDNO IDYES goOn
  ${EndIf}
  Quit
goOn:
  SetErrorLevel 0
FunctionEnd

Section "Uninstall"
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\_internal"
  RMDir /r "$INSTDIR"
  RMDir /r "${INCOMING}"
  RMDir /r "${OUTGOING}"
  Delete "$SMPROGRAMS\${SHORTCUT}"
  Delete "$DESKTOP\${SHORTCUT}"
  DeleteRegValue HKCU "${RUN_ONCE}" "${RESUME}"
  DeleteRegValue HKCU "${RUN_ONCE}" "${PUT_BACK}"
  DeleteRegKey HKCU "${CLASSES}\saijian"
  DeleteRegKey HKCU "${CLASSES}\.saijian"
  DeleteRegKey HKCU "${CLASSES}\SaiJian.Plan"
  DeleteRegKey HKCU "${ENTRY}"
  ; what preflight leaves to see whether a restart takes it back
  DeleteRegKey HKCU "Software\SaiJian-Restart"
  Delete "$LOCALAPPDATA\SaiJian\sessions\.saijian-restart.json"
  !insertmacro TellExplorer
  RMDir "$LOCALAPPDATA\SaiJian\sessions" ; these three only when empty
  RMDir "$LOCALAPPDATA\SaiJian"
  RMDir "$LOCALAPPDATA\Programs"
  ${If} ${FileExists} "$INSTDIR\*.*"
    SetErrorLevel 2
  ${EndIf}
SectionEnd
