using System.Collections.Frozen;
using System.Text.Json;

namespace Ringwright.Store;

/// <summary>Enum values as they are stored: by name in snake case.</summary>
internal static class Names<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<T, string> ByValue =
        Enum.GetValues<T>().ToFrozenDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));
    private static readonly FrozenDictionary<string, T> ByName = ByValue.ToFrozenDictionary(p => p.Value, p => p.Key,
        StringComparer.Ordinal);

    public static string Of(T value) => ByValue[value];
    public static T Parse(string name) => ByName[name];
}
