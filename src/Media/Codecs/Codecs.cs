namespace Ringwright.Media;

/// <summary>Every codec that the engine speaks, in the order that it prefers.</summary>
public static class Codecs
{
    public static readonly IReadOnlyList<Codec> All = [Pcmu.Codec, Pcma.Codec, G722.Codec];

    /// <param name="name">SDP encoding name, any case.</param>
    public static Codec? Find(string name)
    {
        foreach (var codec in All)
        {
            if (string.Equals(codec.Name, name, StringComparison.OrdinalIgnoreCase)) return codec;
        }
        return null;
    }
}
