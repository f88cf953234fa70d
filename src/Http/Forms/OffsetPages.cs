using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>Pages that begin at any item: how many are passed over and how many are given are query parameters.</summary>
public sealed class OffsetPages(string offset, string size, PageShape shape) : Paging
{
    public override ListRequest Read(PageQuery query) => new()
    {
        Start = query.Whole(offset, 0, least: 0, most: int.MaxValue),
        Size = query.Size(size, query.Operation.FindQuery(size)?.Schema),
    };

    /// <exception cref="InvalidOperationException">The shape has links to numbered pages: a bug.</exception>
    public override JsonNode Write(PageReply page) =>
        shape.Write(page, static _ => throw new InvalidOperationException("These pages have no numbers."));

    public override bool IsPaged(Operation operation) => operation.FindQuery(size) is not null;

    public override bool IsParameter(string name) => name == offset || name == size;
}
