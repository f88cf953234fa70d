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
    /// <summary>The first line is not v=0.</summary>
    BadVersion,
    /// <summary>No o= line, two of them, or not six words.</summary>
    BadOrigin,
    BadConnection,
    BadMedia,
    BadAttribute,
    TooManyMedia,
    TooManyFormats,
    TooManyAttributes,
}
