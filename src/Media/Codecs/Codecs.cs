namespace Ringwright.Media;

/// <summary>Every codec that the engine speaks, in the order that it prefers. Opus only where its library is.</summary>
public static class Codecs
{
    public static readonly IReadOnlyList<Codec> All = [Pcmu.Codec, Pcma.Codec, G722.Codec, L16.Wide, L16.Narrow,
        .. Opus.IsPresent ? [Opus.Codec] : Array.Empty<Codec>()];

    /// <summary>True when legs may offer Opus.</summary>
    public static bool HasOpus => Opus.IsPresent;

    /// <param name="name">SDP encoding name, any case.</param>
    /// <param name="clockRate">Its RTP clock, where a name has several; 0 takes the first.</param>
    public static Codec? Find(string name, int clockRate = 0)
    {
        foreach (var codec in All)
        {
            if (string.Equals(codec.Name, name, StringComparison.OrdinalIgnoreCase) && (clockRate == 0 || codec.ClockRate == clockRate))
                return codec;
        }
        return null;
    }
}
