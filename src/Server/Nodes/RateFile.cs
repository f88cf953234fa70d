using Ringwright.Campaigns.Rating;

namespace Ringwright.Server.Nodes;

/// <summary>The prices that <c>--rates</c> names.</summary>
internal static class RateFile
{
    /// <param name="file">Null prices nothing.</param>
    /// <exception cref="StartRefused">The file cannot be read, or a line of it is no price.</exception>
    public static RateDeck Read(string? file)
    {
        if (file is null) return RateDeck.Empty;
        try
        {
            using var text = File.OpenText(file);
            return RateDeck.Read(text);
        }
        catch (Exception failed) when (failed is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"--rates {file}: {failed.Message}", failed);
        }
    }
}
