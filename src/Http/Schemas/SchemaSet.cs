using System.Collections.Frozen;

namespace Ringwright.Http;

/// <summary>The shared schemas of a contract by name.</summary>
public sealed class SchemaSet
{
    private readonly FrozenDictionary<string, Schema> _byName;

    internal SchemaSet(IEnumerable<KeyValuePair<string, Schema>> schemas) => _byName = schemas.ToFrozenDictionary(StringComparer.Ordinal);

    public int Count => _byName.Count;
    public IEnumerable<string> Names => _byName.Keys;
    public Schema? Find(string name) => _byName.GetValueOrDefault(name);
}
