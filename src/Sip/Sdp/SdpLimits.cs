namespace Ringwright.Sip.Sdp;

/// <summary>What a session description may contain at most; above, the parser says which limit was met.</summary>
public static class SdpLimits
{
    public const int Bytes = 16_384;
    public const int Lines = 512;
    public const int LineBytes = 2_048;
    public const int MediaSections = 16;
    /// <summary>Formats of one m= line.</summary>
    public const int Formats = 64;
    /// <summary>a= lines of the session part or of one media section.</summary>
    public const int Attributes = 256;
}
