using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>JSON types that a schema allows; none set allows any.</summary>
[Flags]
public enum JsonTypes { Any = 0, String = 1, Integer = 2, Number = 4, Boolean = 8, Object = 16, Array = 32 }

/// <summary>
/// One node of a contract's schema, compiled. Immutable once its contract is read; shared by reference, and cyclic where the contract is.
/// </summary>
public sealed class Schema
{
    public static readonly Schema Anything = new();

    /// <summary>Name in the contract when it is a shared schema.</summary>
    public string? Name { get; internal set; }
    public JsonTypes Types { get; internal set; }
    public bool IsNullable { get; internal set; }
    /// <summary>Said in as many words, not by a default of null alone.</summary>
    public bool SaysNullable { get; internal set; }
    public bool IsReadOnly { get; internal set; }
    public bool IsWriteOnly { get; internal set; }

    public FrozenSet<string>? Texts { get; internal set; }
    /// <summary>Allowed values that are not texts, in compact JSON.</summary>
    public FrozenSet<string>? Literals { get; internal set; }
    public StringFormat Format { get; internal set; }
    public TextPattern? Pattern { get; internal set; }
    public int? MinLength { get; internal set; }
    public int? MaxLength { get; internal set; }

    public decimal? Minimum { get; internal set; }
    public decimal? Maximum { get; internal set; }
    /// <summary>Allowed beside the range.</summary>
    public FrozenSet<decimal>? AlsoNumbers { get; internal set; }
    public bool IsMinimumExclusive { get; internal set; }
    public bool IsMaximumExclusive { get; internal set; }

    public Schema? Items { get; internal set; }
    public int? MinItems { get; internal set; }
    public int? MaxItems { get; internal set; }
    public bool HasUniqueItems { get; internal set; }

    /// <summary>Own properties, without those of <see cref="AllOf"/>.</summary>
    public FrozenDictionary<string, Schema> Properties { get; internal set; } = FrozenDictionary<string, Schema>.Empty;
    public IReadOnlyList<string> Required { get; internal set; } = [];
    /// <summary>Schema of the values of properties that are not named.</summary>
    public Schema? Additional { get; internal set; }
    /// <summary>additionalProperties is false. It decides between alternatives; extra fields of a request body are accepted.</summary>
    public bool IsClosed { get; internal set; }

    public IReadOnlyList<Schema> AllOf { get; internal set; } = [];
    /// <summary>oneOf and anyOf alike: at least one must fit. Several of the contract's oneOf alternatives fit the same body.</summary>
    public IReadOnlyList<Schema> AnyOf { get; internal set; } = [];
    public Discriminator? Discriminator { get; internal set; }

    /// <summary>The default, not to be changed; null when the contract has none (or the text "null").</summary>
    public JsonNode? Default { get; internal set; }

    /// <summary>An object with the properties of all of these.</summary>
    internal static Schema OfAll(IReadOnlyList<Schema> parts) => new() { Types = JsonTypes.Object, AllOf = parts };

    /// <summary>Finds a property here or in <see cref="AllOf"/>.</summary>
    public Schema? FindProperty(string name)
    {
        if (Properties.TryGetValue(name, out var own)) return own;
        foreach (var part in AllOf)
            if (part.FindProperty(name) is { } found) return found;
        return null;
    }

    /// <summary>Own properties and those of <see cref="AllOf"/>; the first of a name wins.</summary>
    public IEnumerable<KeyValuePair<string, Schema>> AllProperties()
    {
        if (AllOf.Count == 0) return Properties;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Properties.Concat(AllOf.SelectMany(p => p.AllProperties())).Where(p => seen.Add(p.Key));
    }

    /// <summary>True when null is a value here: the node says so, a part of it does, or it says nothing at all.</summary>
    public bool AcceptsNull => IsNullable || AnyOf.Any(a => a.AcceptsNull) || AllOf.Any(p => p.IsNullable)
        || (Types is JsonTypes.Any && AnyOf.Count == 0 && AllOf.Count == 0 && Properties.Count == 0 && Texts is null && Literals is null);

    /// <summary>
    /// True when an answer may have a null here: the contract says so in as many words, or nothing at all.
    /// A default of null is no such word.
    /// </summary>
    public bool ShowsNull => SaysNullable || AnyOf.Any(a => a.ShowsNull) || AllOf.Any(p => p.ShowsNull)
        || (Types is JsonTypes.Any && AnyOf.Count == 0 && AllOf.Count == 0 && Properties.Count == 0 && Texts is null && Literals is null);

    public bool IsRequired(string name)
    {
        if (Required.Contains(name)) return true;
        foreach (var part in AllOf)
            if (part.IsRequired(name)) return true;
        return false;
    }

    /// <summary>The schema of an array's items, here or in <see cref="AllOf"/>.</summary>
    public Schema? FindItems() => Items ?? AllOf.Select(p => p.FindItems()).FirstOrDefault(items => items is not null);

    /// <summary>True when the schema names at least one property.</summary>
    public bool HasProperties => Properties.Count > 0 || AllOf.Any(p => p.HasProperties);

    public override string ToString() => Name ?? Types.ToString();
}

/// <param name="Mapping">Value of the property → alternative.</param>
public sealed record Discriminator(string Property, FrozenDictionary<string, Schema> Mapping);

/// <summary>The formats that are checked; others say nothing.</summary>
public enum StringFormat { None, Uuid, DateTime, Date, Uri, Email, E164, Currency, Base64, Decimal, Int32, Int64 }
