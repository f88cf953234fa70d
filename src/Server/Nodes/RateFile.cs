using Ringwright.Calls.Pricing;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The prices that <c>--rates</c> names: a deck of their own, the default one for as long as the node is started with them.
/// </summary>
internal static class RateFile
{
    public const string DeckName = "--rates";

    private const int FaultsShown = 10;

    /// <exception cref="StartRefused">The file cannot be read, or lines of it are no prices.</exception>
    public static RateSheet Read(string file, SheetDefaults defaults)
    {
        try
        {
            using var text = File.OpenText(file);
            var sheet = RateSheet.Read(text, defaults);
            return sheet.Faults.Count == 0 ? sheet : throw new StartRefused($"{file}: {Describe(sheet.Faults)}");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"{file}: {failed.Message}", failed);
        }
    }

    public static string Describe(IReadOnlyList<SheetFault> faults) =>
        $"{faults.Count} {(faults.Count == 1 ? "line is" : "lines are")} wrong, nothing was imported\n  "
        + $"{string.Join("\n  ", faults.Take(FaultsShown))}";

    /// <param name="file">Null takes an earlier start's prices out of force.</param>
    public static async Task ApplyAsync(Database database, string? file, CancellationToken stop)
    {
        var sheet = file is null ? null : Read(file, new() { EffectiveFrom = DateTimeOffset.UnixEpoch });
        var deck = (await database.RateDecks.ListAsync(stop)).FirstOrDefault(d => d.Name == DeckName);
        if (sheet is null)
        {
            if (deck is { IsDefault: true }) await database.RateDecks.UpdateAsync(deck.Id, DeckName, isDefault: false, stop);
            return;
        }
        deck ??= await database.RateDecks.CreateAsync(DeckName, isDefault: true, stop)
            ?? throw new InvalidOperationException("the deck was there after all");
        await database.RateDecks.ImportAsync(deck.Id, sheet.Rates, isWhole: true, stop);
        if (!deck.IsDefault) await database.RateDecks.UpdateAsync(deck.Id, DeckName, isDefault: true, stop);
    }
}
