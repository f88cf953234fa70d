using System.Globalization;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// A function of the documents, at <c>/functions/v1</c>: an operation of this API with another path, as a row of <c>functions.tsv</c> says.
/// There is no second logic.
/// </summary>
/// <param name="Operation">Which does it, and whose permission is asked.</param>
/// <param name="Names">What has, in the body or the query, the id that the operation has in its path; empty for none.</param>
/// <param name="Conflict">The status in place of 409.</param>
internal sealed record AgencyFunction(string Name, string Operation, string Names, bool IsInQuery, int? Conflict)
{
    private const string Query = "query", Id = "id";
    private const int Refused = 409;

    public static IReadOnlyList<AgencyFunction> All { get; } = [.. AgencyContract.ReadFunctions().Select(Of)];

    /// <summary>The operation's handler, for requests of the function.</summary>
    public Func<OperationContext, ValueTask<Reply>> Over(Func<OperationContext, ValueTask<Reply>> handler) => async op =>
    {
        // The contract demands the field.
        string? id = Names.Length == 0 ? null : IsInQuery ? op.Query[Names] : (string?)op.ReadObject()[Names];
        var reply = await handler(id is null ? op : op.At(new Dictionary<string, string> { [Id] = id }));
        return Conflict is { } status && reply.Status == Refused ? reply.WithStatus(status) : reply;
    };

    private static AgencyFunction Of(string[] row) => new(row[0], row[1], Cell(row, 2), Cell(row, 3) is Query,
        Cell(row, 4) is { Length: > 0 } status ? int.Parse(status, CultureInfo.InvariantCulture) : null);

    private static string Cell(string[] row, int place) => row.Length > place ? row[place] : "";
}
