using System.Collections.Frozen;
using Ringwright.Core;

namespace Ringwright.Store;

/// <summary>Enum values as they are stored: by name in snake case.</summary>
internal static class Names<T> where T : struct, Enum
{
    private static readonly FrozenDictionary<string, T> ByName =
        Enum.GetValues<T>().ToFrozenDictionary(SnakeName.Of, v => v, StringComparer.Ordinal);

    public static string Of(T value) => SnakeName.Of(value);
    public static T Parse(string name) => ByName[name];
}
