using System.Collections.Frozen;

namespace Ringwright.Calls;

/// <summary>What a caller hears while the far end rings: one or two sine waves, on and off in turn, over and over.</summary>
/// <param name="Hertz">Of the first wave; <paramref name="SecondHertz"/> is 0 for a single one.</param>
/// <param name="Cadence">Milliseconds on, off, on, off, …</param>
public sealed record RingTone(int Hertz, int SecondHertz, IReadOnlyList<int> Cadence)
{
    private static readonly int[] OneFour = [1_000, 4_000], OneThree = [1_000, 3_000], OneFive = [1_000, 5_000], OneTwo = [1_000, 2_000],
        TwoFour = [2_000, 4_000], Double = [400, 200, 400, 2_000];

    // ITU-T E.180 supplement 2; tones that a country modulates are given by their carrier.
    private static readonly FrozenDictionary<string, RingTone> ByCountry = new Dictionary<string, RingTone>
    {
        ["at"] = new(420, 0, OneFive), ["au"] = new(413, 438, Double), ["be"] = new(425, 0, OneThree), ["bg"] = new(425, 0, OneFour),
        ["br"] = new(425, 0, OneFour), ["ch"] = new(425, 0, OneFour), ["cl"] = new(400, 0, OneThree), ["cn"] = new(450, 0, OneFour),
        ["cz"] = new(425, 0, OneFour), ["de"] = new(425, 0, OneFour), ["dk"] = new(425, 0, OneFour), ["ee"] = new(425, 0, OneFour),
        ["es"] = new(425, 0, [1_500, 3_000]),
        ["fi"] = new(425, 0, OneFour), ["fr"] = new(440, 0, [1_500, 3_500]), ["gr"] = new(425, 0, OneFour),
        ["hu"] = new(425, 0, [1_250, 3_750]), ["il"] = new(400, 0, OneThree), ["in"] = new(400, 0, Double), ["it"] = new(425, 0, OneFour),
        ["jp"] = new(400, 0, OneTwo), ["lt"] = new(425, 0, OneFour), ["mx"] = new(425, 0, OneFour), ["my"] = new(425, 0, Double),
        ["nl"] = new(425, 0, OneFour), ["no"] = new(425, 0, OneFour), ["nz"] = new(400, 450, Double), ["ph"] = new(425, 480, OneFour),
        ["pl"] = new(425, 0, OneFour), ["pt"] = new(425, 0, OneFive), ["ru"] = new(425, 0, [800, 3_200]), ["se"] = new(425, 0, OneFive),
        ["sg"] = new(425, 0, Double), ["th"] = new(420, 0, OneFive), ["tw"] = new(440, 480, OneTwo), ["uk"] = new(400, 450, Double),
        ["us"] = new(440, 480, TwoFour), ["us-old"] = new(420, 0, TwoFour), ["ve"] = new(425, 0, OneFour), ["za"] = new(400, 0, Double),
    }.ToFrozenDictionary();

    /// <summary>The tone of North America, where nobody asked for another.</summary>
    public static RingTone Usual { get; } = ByCountry["us"];

    /// <summary>Lower-case country codes (and <c>us-old</c>) that have a tone.</summary>
    public static IReadOnlyList<string> Countries { get; } = [.. ByCountry.Keys.Order(StringComparer.Ordinal)];

    public static RingTone? Find(string country) => ByCountry.GetValueOrDefault(country);
}
