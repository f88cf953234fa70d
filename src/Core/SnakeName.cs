using System.Collections.Frozen;
using System.Text.Json;

namespace Ringwright.Core;

/// <summary>Names of enum values in snake case, as tables, counters and lists have them.</summary>
public static class SnakeName
{
    /// <summary>A value without a name is its number.</summary>
    public static string Of<T>(T value) where T : struct, Enum => Names<T>.ByValue.GetValueOrDefault(value) ?? value.ToString();

    private static class Names<T> where T : struct, Enum
    {
        public static readonly FrozenDictionary<T, string> ByValue =
            Enum.GetValues<T>().Distinct().ToFrozenDictionary(v => v, v => JsonNamingPolicy.SnakeCaseLower.ConvertName(v.ToString()));
    }
}
