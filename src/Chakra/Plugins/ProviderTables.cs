using System.Collections.Frozen;

namespace Ringwright.Chakra.Plugins;

/// <summary>The fields and words of other providers, as the tables of the contract say.</summary>
internal static class ProviderTables
{
    /// <summary>Of a provider, in the order of the table.</summary>
    private static readonly FrozenDictionary<string, ILookup<string, string>> Fields = ChakraContract.ReadTable("provider-fields.tsv")
        .GroupBy(row => row[0]).ToFrozenDictionary(of => of.Key, of => of.ToLookup(row => row[1], row => row[2]), StringComparer.Ordinal);

    private static readonly FrozenDictionary<(string Provider, string Word), (string Inbound, string Outbound)> Words =
        ChakraContract.ReadTable("provider-words.tsv").ToFrozenDictionary(row => (row[0], row[1]), row => (row[2], row[3]));

    public static bool Knows(string provider) => Fields.ContainsKey(provider);

    /// <summary>What the provider calls a field of ours; none for what it never says.</summary>
    public static IEnumerable<string> NamesOf(string provider, string ours) => Fields[provider][ours];

    /// <returns>Null for a word that nobody knows.</returns>
    public static string? WordOf(string provider, string theirs, bool isInbound) =>
        Words.TryGetValue((provider, theirs.Trim().ToLowerInvariant().Replace('_', '-').Replace(' ', '-')), out var ours)
            ? isInbound ? ours.Inbound : ours.Outbound : null;
}
