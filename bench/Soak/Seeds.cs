namespace Ringwright.Bench.Soak;

/// <summary>Luck that one seed fixes, of its own for each part of a run: what one part draws changes nothing for the others.</summary>
internal static class Seeds
{
    public static Random Luck(int seed, params ReadOnlySpan<int> parts)
    {
        // FNV-1a over the numbers: the framework's own hash differs from process to process.
        uint hash = 2_166_136_261;
        hash = (hash ^ (uint)seed) * 16_777_619;
        foreach (int part in parts) hash = (hash ^ (uint)part) * 16_777_619;
        return new((int)(hash & int.MaxValue));
    }
}
