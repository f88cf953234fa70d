using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Faces;

/// <summary>
/// Puts into a document what a record says now and did not say before. A field whose meaning is the same keeps the words that it has.
/// </summary>
/// <param name="was">What the document says.</param>
internal readonly struct Wording<T>(JsonObject document, T was, T now)
{
    /// <param name="path">Dots lead into objects, which are made where they are missing.</param>
    /// <param name="word">Null takes the field away.</param>
    public void Say<TValue>(string path, Func<T, TValue> of, Func<TValue, JsonNode?> word)
    {
        var value = of(now);
        if (!EqualityComparer<TValue>.Default.Equals(of(was), value)) document.Put(path, word(value));
    }

    public void SayList<TValue>(string path, Func<T, IReadOnlyList<TValue>> of, Func<TValue, JsonNode?> word)
    {
        if (Differs(of)) document.Put(path, new JsonArray([.. of(now).Select(word)]));
    }

    public bool Differs<TValue>(Func<T, IReadOnlyList<TValue>> of) => !of(was).SequenceEqual(of(now));
}

internal static class Documents
{
    /// <summary>A document as the views read it.</summary>
    public static ResourceRow AsRow(this JsonObject document, string id, TenantId tenant) =>
        new() { Id = id, Tenant = tenant, Body = document, CreatedAt = default, UpdatedAt = default };

    public static void Put(this JsonObject document, string path, JsonNode? value)
    {
        string[] names = path.Split('.');
        var place = document;
        foreach (string name in names[..^1])
        {
            if (place[name] is not JsonObject inner) place[name] = inner = [];
            place = inner;
        }
        if (value is null) place.Remove(names[^1]);
        else place[names[^1]] = value;
    }
}
