using Ringwright.Http;
using Ringwright.Store.Reports;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Filters and orders over records, in the contract's names, checked against the source's columns.</summary>
internal static class RecordFilters
{
    private const int MostOrders = 5;

    /// <param name="columnOf">The column of a name of the contract; null for a name that is none.</param>
    /// <param name="isOther">Filters that are no columns and are read elsewhere.</param>
    public static Problem? Read(OperationContext op, RecordSource source, Func<string, string?> columnOf,
        Func<ResourceFilter, bool> isOther, out IReadOnlyList<ResourceFilter> conditions)
    {
        var read = new List<ResourceFilter>();
        conditions = read;
        if (Unbracketed(op, name => columnOf(name) is not null || isOther(new(name, "eq", []))) is { } unbracketed) return unbracketed;
        foreach (var filter in op.List.Filters.Where(f => !isOther(f)))
        {
            string name = filter.Operator is "eq" ? $"filter[{filter.Path}]" : $"filter[{filter.Path}][{filter.Operator}]";
            if (columnOf(filter.Path) is not { } column) return Refused(op, name, $"{name} is no filter of these records.");
            var kind = source.Columns[column].Kind;
            if (kind is not ReportColumnKind.Text && filter.Operator is "contains" or "starts_with" or "ends_with"
                    && kind is not ReportColumnKind.Whole)
                return Refused(op, name, $"{name} is no filter of these records: {filter.Path} is no text.");
            foreach (string value in filter.Values)
                if (filter.Operator is not ("contains" or "starts_with" or "ends_with") && !RecordValues.IsReadable(kind, value))
                    return Refused(op, name, $"{name} cannot be compared with '{value}'.");
            read.Add(filter with { Path = column });
        }
        return null;
    }

    /// <summary>The fields of <c>sort</c>, each with a minus sign for the greatest first.</summary>
    public static Problem? ReadSort(OperationContext op, Func<string, string?> columnOf, out IReadOnlyList<RecordOrder> orders)
    {
        var read = new List<RecordOrder>();
        orders = read;
        foreach (string field in op.Query.List("sort"))
        {
            bool isDescending = field.StartsWith('-');
            string name = isDescending ? field[1..] : field;
            if (columnOf(name) is not { } column || read.Count == MostOrders)
                return op.Dialect.Errors.Problem(Fault.BadSort, read.Count == MostOrders
                    ? $"A list is sorted by at most {MostOrders} fields."
                    : $"This list cannot be sorted by '{name}'.") with
                {
                    Parameter = "sort"
                };
            read.Add(new(column, isDescending));
        }
        return null;
    }

    /// <summary>A field of the records that is written as a parameter of its own: passed over, it would show all of them.</summary>
    private static Problem? Unbracketed(OperationContext op, Func<string, bool> isField)
    {
        foreach (var (name, _) in op.Query.Pairs)
        {
            string field = name.Split('[')[0];
            if (op.Operation.FindQuery(field) is null && isField(field))
                return Refused(op, name, $"{name} must be written filter[{field}]{name[field.Length..]}.");
        }
        return null;
    }

    private static Problem Refused(OperationContext op, string parameter, string detail) =>
        op.Dialect.Errors.Problem(Fault.BadFilter, detail) with { Parameter = parameter };
}
