using System.Text.Json.Nodes;

namespace Ringwright.Store.Resources;

/// <summary>The faces of one table: the documents of all dialects, by the name of each, as one column keeps them.</summary>
internal sealed class FaceSet<T>(IReadOnlyList<(string Dialect, Face<T> Write)> faces)
{
    public IEnumerable<string> Dialects => faces.Select(face => face.Dialect);

    public static FaceSet<T> Of(IReadOnlyList<DialectFaces> dialects, Func<DialectFaces, Face<T>?> choose) =>
        new([.. from dialect in dialects let write = choose(dialect) where write is not null select (dialect.Dialect, write)]);

    /// <summary>The documents that go with a record.</summary>
    /// <param name="stored">Those that went with it before; it is used up. Documents of dialects that are not here stay.</param>
    /// <param name="writer">Who has written a document of his own, which stands as it is; null for a change that no dialect made.</param>
    public JsonObject Follow(T record, JsonObject? stored, DateTimeOffset createdAt, string? writer = null, JsonObject? own = null)
    {
        var documents = stored ?? [];
        if (writer is not null) documents[writer] = own;
        foreach (var (dialect, write) in faces)
        {
            if (dialect == writer) continue;
            var before = documents[dialect] as JsonObject;
            documents.Remove(dialect);
            if (write(record, before, createdAt) is { } document) documents[dialect] = document;
        }
        return documents;
    }

    /// <summary>Adds the documents that a record lacks; those that are there stand as they are.</summary>
    public JsonObject Complete(T record, JsonObject documents, DateTimeOffset createdAt)
    {
        foreach (var (dialect, write) in faces)
            if (documents[dialect] is null && write(record, null, createdAt) is { } document) documents[dialect] = document;
        return documents;
    }
}
