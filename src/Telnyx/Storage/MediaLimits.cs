namespace Ringwright.Telnyx.Storage;

/// <summary>What a kept file may be. Each has a test at the limit and one above.</summary>
internal static class MediaLimits
{
    /// <summary>Of one file: 20 MB.</summary>
    public const int FileBytes = 20_000_000;
    public const int NameLength = 255;
    public const int ContentTypeLength = 127;
    /// <summary>Two days, when the customer says nothing.</summary>
    public const int DefaultSeconds = 2 * 24 * 60 * 60;
    /// <summary>Twenty years.</summary>
    public const int MostSeconds = 630_720_000;
    /// <summary>For the fetch of one URL, redirects included.</summary>
    public static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(20);
    public const int Redirects = 3;
}
