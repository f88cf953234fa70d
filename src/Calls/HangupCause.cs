namespace Ringwright.Calls;

/// <summary>Why a leg ended: our closed list, from which every face maps. Stored by snake-case name.</summary>
public enum HangupCause
{
    Unset,
    /// <summary>The remote party sent BYE after answer.</summary>
    RemoteHangup,
    /// <summary>A hang-up command after answer.</summary>
    ApiHangup,
    /// <summary>A hang-up command on an outbound leg before answer.</summary>
    ApiCancel,
    /// <summary>The leg that it was, or was to be, bridged to has ended or left the bridge.</summary>
    PartnerHangup,
    /// <summary>The calling party gave up an inbound leg before answer.</summary>
    CallerCancel,
    /// <summary>A reject command, "declined".</summary>
    ApiReject,
    /// <summary>A reject command, "busy".</summary>
    ApiRejectBusy,
    /// <summary>486 or 600.</summary>
    CalleeBusy,
    /// <summary>403, 603, 607, or 401/407 that we could not solve.</summary>
    CalleeDeclined,
    /// <summary>404, 410, 484 or 604.</summary>
    NotFound,
    /// <summary>Our own ring timer fired.</summary>
    RingTimeout,
    /// <summary>The remote side answered 408 or 480, or nothing answered the INVITE at all.</summary>
    RemoteTimeout,
    /// <summary>No command came in time after call.initiated.</summary>
    FirstCommandTimeout,
    /// <summary>The leg's time limit.</summary>
    TimeLimit,
    /// <summary>488, 606 or no common codec.</summary>
    MediaMismatch,
    /// <summary>Any other 4xx, and 5xx.</summary>
    RemoteFailure,
    TransportFailure,
    RtpTimeout,
    MediaFailure,
    /// <summary>The node is stopping.</summary>
    NodeShutdown,
    /// <summary>The node restarted under a live leg.</summary>
    NodeRestart,
    LedgerUnavailable,
    /// <summary>What its account has, and may owe, or a cap of the day, pays for no further interval.</summary>
    InsufficientFunds,
    /// <summary>The operator, or whoever manages its account, has ended all of its calls.</summary>
    AccountStopped,
    /// <summary>A bug on our side ended the leg.</summary>
    Internal,
}

/// <summary>Who ended the leg.</summary>
public enum HangupParty { Unknown, Local, Remote }
