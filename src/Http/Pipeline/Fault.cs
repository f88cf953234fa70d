namespace Ringwright.Http;

/// <summary>What can go wrong before or beside a handler, in words that every dialect maps to its own codes (<c>faults.tsv</c>).</summary>
public enum Fault
{
    UnknownPath,
    MethodNotAllowed,
    Unauthenticated,
    /// <summary>A credential was shown, and it is nobody's, or no longer good.</summary>
    UnknownCredential,
    /// <summary>The access token's time is over: a new one is to be got.</summary>
    ExpiredToken,
    Forbidden,
    /// <summary>What the path names is another account's, in an API that says so.</summary>
    ForeignResource,
    /// <summary>The credential is good, and its account is switched off.</summary>
    AccountDisabled,
    /// <summary>The account lists where its credentials may be used from, and the request came from elsewhere.</summary>
    AddressNotAllowed,
    TooManyRequests,
    UnsupportedMediaType,
    BodyTooLarge,
    /// <summary>Not UTF-8, or nested too deeply.</summary>
    UndecodableBody,
    BadJson,
    MissingField,
    NotText,
    WrongType,
    NotInEnum,
    BadLength,
    BadRange,
    BadPattern,
    BadId,
    BadUrl,
    BadEmail,
    BadNumber,
    BadFormat,
    BadItems,
    NoAlternative,
    BadPage,
    BadSort,
    BadFilter,
    MissingParameter,
    BadParameter,
    UnknownResource,
    /// <summary>The path names something by what is no id.</summary>
    BadPathId,
    /// <summary>A field of the body refers to something that does not exist.</summary>
    UnknownReference,
    Duplicate,
    InUse,
    /// <summary>Another request changed the resource in between.</summary>
    Conflict,
    /// <summary>The resource's state does not allow it.</summary>
    WrongState,
    NotImplemented,
    Unavailable,
    Internal,
}
