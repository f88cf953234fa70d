using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>Pages that are counted: their number and size are query parameters.</summary>
/// <param name="namesOf">What an operation calls them.</param>
/// <param name="shape">How a page is written.</param>
/// <param name="parameters">All names that such parameters have.</param>
public sealed class NumberedPages(Func<Operation, PageNames> namesOf, PageShape shape, IReadOnlyCollection<string> parameters) : Paging
{
    public override ListRequest Read(PageQuery query)
    {
        var names = namesOf(query.Operation);
        var cursor = names.Cursor;
        return new()
        {
            First = names.First,
            Number = query.Whole(names.Number, PageQuery.DefaultOf(names.NumberSchema) ?? names.First,
                least: names.First, most: int.MaxValue),
            Size = query.Size(names.Size, names.SizeSchema),
            Limit = cursor is null || query.Text(cursor.Limit) is null ? null : query.Size(cursor.Limit, cursor.LimitSchema),
            After = cursor is null ? null : query.Text(cursor.After),
            Before = cursor is null ? null : query.Text(cursor.Before),
        };
    }

    public override JsonNode Write(PageReply page)
    {
        return shape.Write(page, Link);

        JsonNode Link(int number)
        {
            var names = namesOf(page.Operation!);       // only a reply with a schema has links, and only an operation has one
            return string.Create(CultureInfo.InvariantCulture, $"{page.Path}?{names.Number}={number}&{names.Size}={page.List.Size}");
        }
    }

    public override bool IsPaged(Operation operation) => namesOf(operation).SizeSchema is not null;

    public override bool IsParameter(string name) => parameters.Contains(name);
}

/// <summary>The query parameters of one list with their schemas, as the contract declares them.</summary>
/// <param name="First">Number of the first page: 0 where the contract begins to count there.</param>
public sealed record PageNames(string Number, string Size, Schema? NumberSchema, Schema? SizeSchema, int First)
{
    /// <summary>Null where no list is walked by keys.</summary>
    public CursorNames? Cursor { get; init; }
}

/// <summary>The parameters of a list that may also be walked by the keys of its items.</summary>
public sealed record CursorNames(string After, string Before, string Limit, Schema? LimitSchema);
