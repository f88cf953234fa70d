using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Http;

/// <summary>
/// Whether a body that somebody brings for storing has the shape of the requests that make its kind: the types of its fields, and that what
/// a request must have is there. Values are not judged: rules change, and what was stored under older ones stays loadable.
/// </summary>
public sealed class BodyShapes
{
    private readonly Dictionary<string, Schema> _byRecordType = new(StringComparer.Ordinal);

    /// <param name="bindings">Kinds that no request makes have the shape of their update.</param>
    public BodyShapes(Contract contract, BindingTable bindings)
    {
        foreach (var operation in contract.Operations.OrderBy(o => o.Method is "POST" ? 0 : 1))
            if (operation.Method is "POST" or "PATCH" or "PUT" && bindings[operation] is Binding.Crud { Kind: var kind }
                    && operation.Body?.Find("application/json") is { Schema: var schema })
                _byRecordType.TryAdd(kind.RecordType, schema);
    }

    public IEnumerable<string> RecordTypes => _byRecordType.Keys;

    /// <summary>What is wrong, as "/field must be a text"; null when nothing is, or the kind is not known.</summary>
    /// <param name="isWhole">False for a document whose secrets are kept apart: what is missing may be one of them.</param>
    public string? FaultOf(string recordType, JsonObject body, bool isWhole)
    {
        if (!_byRecordType.TryGetValue(recordType, out var schema)) return null;
        using var document = JsonDocument.Parse(PlainJsonNodes.Write(body));
        var fault = SchemaCheck.Run(schema, document.RootElement).Violations
            .FirstOrDefault(v => v.Kind is ViolationKind.WrongType or ViolationKind.NotText or ViolationKind.NoAlternative
                || (isWhole && v.Kind is ViolationKind.Missing && v.Pointer.LastIndexOf('/') == 0));
        return fault is null ? null : $"{fault.Pointer} {fault.Detail}";
    }
}
