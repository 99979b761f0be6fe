; Whether this program runs from $INSTDIR, and asking its windows to close. Nothing is ever killed.

!define LOOK_AGAIN_MS 250
!define SCANNER_LOOKS 12 ; 3 s: so long a virus scanner may hold a file
!define CLOSING_LOOKS 60 ; 15 s: so long a window may take to close
!define QUERY_LIMITED 0x1000
!define WORKER "saijian.exe" ; recorder and uploader
!define WINDOW "SaiJianApp.exe"

!macro RunningFunctions UN

; $0: name of a file in $INSTDIR, $1: how often to look. Sets $2 to 1 where it still runs: a
; running program cannot be opened for writing.
Function ${UN}LookWhetherItRuns
  ${Do}
    StrCpy $2 0
    ${If} ${FileExists} "$INSTDIR\$0"
      ClearErrors
      FileOpen $3 "$INSTDIR\$0" a
      ${If} ${Errors}
        StrCpy $2 1
        Sleep ${LOOK_AGAIN_MS}
      ${Else}
        FileClose $3
      ${EndIf}
    ${EndIf}
    ${If} $2 = 0
      ${ExitDo}
    ${EndIf}
    IntOp $1 $1 - 1
  ${LoopUntil} $1 < 1
FunctionEnd

; Ask every visible window of $INSTDIR\SaiJianApp.exe to close, as its cross would.
Function ${UN}AskWindowsToClose
  StrCpy $1 0
  ${Do}
    System::Call 'user32::FindWindowExW(p0, pr1, p0, p0) p.r1'
    ${If} $1 P= 0
      ${ExitDo}
    ${EndIf}
    System::Call 'user32::GetWindowThreadProcessId(pr1, *i.r2)'
    System::Call 'kernel32::OpenProcess(i${QUERY_LIMITED}, i0, ir2) p.r3'
    ${If} $3 P= 0
      ${Continue}
    ${EndIf}
    System::Call 'kernel32::QueryFullProcessImageNameW(pr3, i0, w.r4, *i${NSIS_MAX_STRLEN})'
    System::Call 'kernel32::CloseHandle(pr3)'
    ${If} $4 == "$INSTDIR\${WINDOW}"
      System::Call 'user32::IsWindowVisible(pr1) i.r5'
      ${If} $5 <> 0
        System::Call 'user32::PostMessageW(pr1, i${WM_CLOSE}, p0, p0)'
      ${EndIf}
    ${EndIf}
  ${Loop}
FunctionEnd

; Sets $0 to "free", "recording" or "open".
Function ${UN}MakeFree
  StrCpy $0 ${WORKER}
  StrCpy $1 ${SCANNER_LOOKS}
  Call ${UN}LookWhetherItRuns
  ${If} $2 = 1
    StrCpy $0 "recording"
    Return
  ${EndIf}
  StrCpy $0 ${WINDOW}
  StrCpy $1 1
  Call ${UN}LookWhetherItRuns
  ${If} $2 = 1
    Call ${UN}AskWindowsToClose
    StrCpy $0 ${WINDOW}
    StrCpy $1 ${CLOSING_LOOKS}
    Call ${UN}LookWhetherItRuns
    ${If} $2 = 1
      StrCpy $0 "open"
      Return
    ${EndIf}
  ${EndIf}
  StrCpy $0 "free"
FunctionEnd

!macroend

; Leave where something of this program still runs.
!macro MustBeFree UN
  Call ${UN}MakeFree
  ${If} $0 == "recording"
    ${LeaveWith} ${IN_USE} "$(Recording)"
  ${ElseIf} $0 == "open"
    ${LeaveWith} ${STILL_OPEN} "$(CloseIt)"
  ${EndIf}
!macroend
!define MustBeFree "!insertmacro MustBeFree"
