using System.Diagnostics.Metrics;

namespace Ringwright.Campaigns;

/// <summary>What carriers of texts say, and how the ways to them stand; each by the carrier's name.</summary>
internal static class Metrics
{
    private const string Name = "Ringwright.Campaigns";
    private static readonly Meter Meter = new(Name);

    public static readonly Counter<long> TextAnswers = Meter.CreateCounter<long>("ringwright.texts.answers",
        description: "Parts of texts that went to carriers, by what was answered");
    public static readonly Counter<long> TextReceipts = Meter.CreateCounter<long>("ringwright.texts.receipts",
        description: "What carriers said of texts later, by outcome");
    public static readonly Counter<long> StrayReceipts = Meter.CreateCounter<long>("ringwright.texts.receipts.stray",
        description: "Receipts of texts that nobody knows");
    public static readonly Counter<long> TextsRefused = Meter.CreateCounter<long>("ringwright.texts.refused",
        description: "Texts that carriers brought and nobody got");

    public static readonly Counter<long> TextsToPhones = Meter.CreateCounter<long>("ringwright.texts.phones",
        description: "Texts that went to registered phones, by what was answered");

    /// <returns>Whoever it is of ends it, for each gauge keeps what it asks.</returns>
    public static Meter TextWays(Func<IEnumerable<Measurement<int>>> bound, Func<IEnumerable<Measurement<int>>> underWay,
        Func<IEnumerable<Measurement<int>>> waiting)
    {
        var own = new Meter(Name);
        own.CreateObservableGauge("ringwright.texts.bound", bound, unit: null, "1 while texts can go by the carrier");
        own.CreateObservableGauge("ringwright.texts.under.way", underWay, unit: null, "Parts of texts without an answer");
        own.CreateObservableGauge("ringwright.texts.waiting", waiting, unit: null, "Parts of texts that wait for the carrier");
        return own;
    }

    public static KeyValuePair<string, object?> Of(string name, string value) => new(name, value);
}
