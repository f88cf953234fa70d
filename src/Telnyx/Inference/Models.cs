using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Assistants;

namespace Ringwright.Telnyx.Inference;

/// <summary>
/// The models that may be asked for: those of the node's server, with the operator's names for them, or the one that it asks for whatever
/// is named.
/// </summary>
internal static class Models
{
    private const string InPath = "model";

    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var (models, failed) = await KnownAsync(op, parts);
        return models is null ? failed! : Show(op, models);     // one of the two is there
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts)
    {
        var (models, failed) = await KnownAsync(op, parts);
        if (models is null) return failed!;     // the same
        return models.FirstOrDefault(one => one.Id == op.Path(InPath)) is { } found ? op.Bare(200, Show(found)) : op.Unknown(InPath);
    }

    private static async ValueTask<(IReadOnlyList<ListedModel>? Models, Reply? Failed)> KnownAsync(OperationContext op,
        AssistantParts parts)
    {
        if (parts.Inference.Model is not { } model) return (null, ModelErrors.NoModel(op));
        if (model.Name is { } name) return ([new(name, 0, "")], null);
        if (parts.Inference.Listed.Find(op.Now) is { } known) return (WithAliases(known, model), null);
        var (gateway, fault) = ModelGateway.Open(model, parts.Egress);
        if (gateway is null) return (null, ModelErrors.Failed(op, fault!));     // one of the two is there
        var result = await gateway.ListAsync(op.Stop);
        if (!result.IsSuccess) return (null, ModelErrors.Of(op, result, gateway.Key, isOwnKey: false));
        if (Read(result.Body.Span) is not { } listed) return (null, ModelErrors.Failed(op, "its server's list of models is none"));
        parts.Inference.Listed.Keep(listed, op.Now);
        return (WithAliases(listed, model), null);
    }

    /// <summary>
    /// False where the node's server lists its models and knows none by this name. A server that cannot be asked, or lists nothing, says
    /// nothing of names.
    /// </summary>
    public static async ValueTask<bool> MayNameAsync(OperationContext op, string name, AssistantParts parts)
    {
        // Those have a server of their own.
        if (SpeechModels.ProtocolOf(name, parts.Inference.Model) is not null) return true;
        if (parts.Inference.Model is not { Name: null } model || model.Aliases.Contains(name) || model.AskedFor(name) != name) return true;
        if (ModelGateway.Open(model, parts.Egress).Gateway is not { } gateway) return true;
        var known = parts.Inference.Listed.Find(op.Now);
        if (known is null)
        {
            var result = await gateway.ListAsync(op.Stop);
            if (!result.IsSuccess || Read(result.Body.Span) is not { } listed) return true;
            parts.Inference.Listed.Keep(listed, op.Now);
            known = listed;
        }
        if (known.Count == 0 || known.Any(one => one.Id == name)) return true;
        // Some know more names than they list: those of variants, and of what has come since.
        var found = await gateway.FindAsync(name, op.Stop);
        return found.IsSuccess && ModelJson.Read(found.Body.Span)?.Filled("id") is not null;
    }

    /// <summary>Null for what is no list of models.</summary>
    private static List<ListedModel>? Read(ReadOnlySpan<byte> answer)
    {
        var read = ModelJson.ReadAny(answer);
        // Some servers have nothing around the list.
        if ((read as JsonArray ?? (read as JsonObject)?["data"]) is not JsonArray told) return null;
        // Not every server says all that the contract demands.
        return [.. told.OfType<JsonObject>().Where(one => one.Filled("id") is not null)
            .Select(one => new ListedModel(one.Text("id")!, one.Whole("created") ?? 0, one.Text("owned_by") ?? ""))];
    }

    /// <summary>What the operator has a name for may be asked for by that, too.</summary>
    private static IReadOnlyList<ListedModel> WithAliases(IReadOnlyList<ListedModel> listed, LanguageModel model) =>
    [
        .. listed,
        .. model.Aliases.Where(alias => listed.All(one => one.Id != alias)).Select(alias => new ListedModel(alias, 0, "")),
    ];

    private static Reply Show(OperationContext op, IReadOnlyList<ListedModel> models) => op.Bare(200, new JsonObject
    {
        ["object"] = "list",
        ["data"] = new JsonArray([.. models.Select(model => (JsonNode)Show(model))]),
    });

    private static JsonObject Show(ListedModel model) =>
        new() { ["id"] = model.Id, ["object"] = "model", ["created"] = model.Created, ["owned_by"] = model.OwnedBy };
}

/// <param name="Created">Unix seconds; 0 where nobody says.</param>
internal sealed record ListedModel(string Id, int Created, string OwnedBy);

/// <summary>What the model's server has listed, for a minute.</summary>
public sealed class ListedModels
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    private volatile Entry? _last;

    internal IReadOnlyList<ListedModel>? Find(DateTimeOffset now) =>
        _last is { } last && now >= last.At && now - last.At < Fresh ? last.Models : null;

    internal void Keep(IReadOnlyList<ListedModel> models, DateTimeOffset now) => _last = new(models, now);

    private sealed record Entry(IReadOnlyList<ListedModel> Models, DateTimeOffset At);
}
