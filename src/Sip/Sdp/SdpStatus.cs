namespace Ringwright.Sip.Sdp;

/// <summary>How reading a session description went. Anything but <see cref="Ok"/> leaves no result.</summary>
public enum SdpStatus
{
    Unset,
    Ok,
    Empty,
    TooLong,
    TooManyLines,
    LineTooLong,
    /// <summary>Not "letter=value", or a control character inside.</summary>
    BadLine,
    /// <summary>No v=0 line, or another version.</summary>
    BadVersion,
    BadConnection,
    BadMedia,
    TooManyMedia,
    TooManyFormats,
    TooManyAttributes,
}
