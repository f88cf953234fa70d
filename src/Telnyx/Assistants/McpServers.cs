using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Servers of the Model Context Protocol, as newer clients write them down; an assistant names those whose tools it has by
/// <c>mcp_servers</c>.
/// </summary>
internal static class McpServers
{
    /// <summary>Of an assistant.</summary>
    public const string Field = "mcp_servers";

    /// <summary>Of a server: the bearer's secret with which it is asked, and the tools that assistants may have of it.</summary>
    public const string Key = "api_key_ref", Allowed = "allowed_tools";

    private const string Id = "mcp_server_id", Name = "name", Type = "type", Url = "url", Kind = "ai_mcp_server";
    private const int LongestName = 255, LongestUrl = 2_000, Most = 10, MostOfAccount = 200, MostAllowed = 256;

    /// <summary>Words of clients for one and the same way to ask.</summary>
    private static readonly string[] Types = ["http", "streamable_http", "streamable-http"];

    private static readonly string[] Fields = [Name, Type, Url, Key, Allowed];

    public static IResourceRows Rows(Database store) => store.Documents.Rows(new DocumentKind(Kind));

    /// <summary>Those of an assistant, each with the tools that it may have; null for all that the server allows.</summary>
    public static IReadOnlyList<Named> Of(JsonObject assistant) =>
    [
        .. (assistant[Field] as JsonArray ?? []).OfType<JsonObject>().Where(one => one.Filled("id") is not null)
            .Select(one => new Named(one.Text("id")!, one[Allowed] is JsonArray ? one.Texts(Allowed) : null)),      // filled
    ];

    /// <summary>The newest first, as a bare list.</summary>
    public static async ValueTask<Reply> List(OperationContext op, AssistantParts parts)
    {
        var filters = new List<ResourceFilter>();
        foreach (string field in new[] { Type, Url })
            if (op.Query[field] is { Length: > 0 } value) filters.Add(new(field, "eq", [value]));
        var page = await Rows(parts.Store).ListAsync(op.Tenant,
            new() { Filters = filters, IsDescending = true, Offset = op.List.Offset, Limit = op.List.Size }, op.Stop);
        return op.Bare(200, new JsonArray([.. page.Rows.Select(Show)]));
    }

    public static async ValueTask<Reply> Create(OperationContext op, AssistantParts parts)
    {
        var body = Over(op, []);
        if (await CheckAsync(op, body, parts) is { } problem) return op.Fail(problem);
        if ((await Rows(parts.Store).ListAsync(op.Tenant, new() { Limit = 1 }, op.Stop)).Total >= MostOfAccount)
            return op.Fail(new Problem(VoiceErrors.BadRequest, $"An account has {MostOfAccount} servers at most: delete some."));
        var now = op.Now;
        var row = new ResourceRow { Id = Guid.NewGuid().ToString(), Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        return await Rows(parts.Store).InsertAsync(row, op.Note("created", Kind, row.Id), op.Stop) is WriteOutcome.Done
            ? op.Bare(200, Show(row)) : op.Fail(Fault.Conflict);
    }

    public static async ValueTask<Reply> Get(OperationContext op, AssistantParts parts) =>
        await Rows(parts.Store).FindAsync(op.Tenant, op.Path(Id), op.Stop) is { } row ? op.Bare(200, Show(row)) : op.Unknown(Id);

    public static ValueTask<Reply> Update(OperationContext op, AssistantParts parts) =>
        Revisions.ChangeAsync(op, Rows(parts.Store), Id, async row =>
        {
            var body = Over(op, row.Body);
            if (await CheckAsync(op, body, parts) is { } problem) return new(op.Fail(problem));
            var after = row with { Body = body, UpdatedAt = op.Now };
            return new(op.Bare(200, Show(after)), after, op.Note("updated", Kind, row.Id, row.Body));
        });

    /// <summary>Assistants that name it talk without its tools from then on.</summary>
    public static async ValueTask<Reply> Delete(OperationContext op, AssistantParts parts)
    {
        var rows = Rows(parts.Store);
        if (await rows.FindAsync(op.Tenant, op.Path(Id), op.Stop) is not { } row) return op.Unknown(Id);
        return await rows.DeleteAsync(op.Tenant, row.Id, op.Note("deleted", Kind, row.Id, row.Body), op.Stop) is WriteOutcome.Done
            ? op.NoContent() : op.Unknown(Id);
    }

    /// <summary>That an assistant names servers which are there, each once. What it named before may be gone since.</summary>
    public static async ValueTask<Problem?> CheckNamedAsync(OperationContext op, JsonObject body, JsonObject? before, AssistantParts parts)
    {
        if (body[Field] is not { } said || JsonNode.DeepEquals(said, before?[Field])) return null;
        if (said is not JsonArray { Count: <= Most } all)
            return AssistantBody.At($"/{Field}", VoiceErrors.BadRequest, $"{Field} must be a list of at most {Most} servers.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < all.Count; i++)
        {
            string pointer = $"/{Field}/{i}";
            if (all[i] is not JsonObject one || one.Filled("id") is not { } id)
                return AssistantBody.At($"{pointer}/id", VoiceErrors.MissingParameter, "Each server needs an id.");
            if (!seen.Add(id)) return AssistantBody.At($"{pointer}/id", VoiceErrors.BadRequest, "This server is named twice.");
            if (await Rows(parts.Store).FindAsync(op.Tenant, id, op.Stop) is null)
                return AssistantBody.Nowhere(op, $"{pointer}/id", "No MCP server of this account has this id.");
            if (CheckAllowed(one, $"{pointer}/{Allowed}") is { } problem) return problem;
        }
        return null;
    }

    /// <summary>Says of each server that an assistant names what it is, where it still is.</summary>
    public static async ValueTask DescribeAsync(OperationContext op, JsonObject shown, AssistantParts parts)
    {
        foreach (var one in (shown[Field] as JsonArray ?? []).OfType<JsonObject>())
            if (one.Filled("id") is { } id && await Rows(parts.Store).FindAsync(op.Tenant, id, op.Stop) is { } row)
                foreach (string field in new[] { Name, Type, Url })
                    one[field] = row.Body.Text(field);
    }

    private static JsonObject Over(OperationContext op, JsonObject before)
    {
        var (body, given) = (before.DeepClone().AsObject(), op.ReadObject(keepsNulls: true));
        foreach (string field in Fields)
            if (given.TryGetPropertyValue(field, out var value))
            {
                if (value is null) body.Remove(field);
                else body[field] = value.DeepClone();
            }
        return body;
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, AssistantParts parts)
    {
        foreach (var (field, most) in new[] { (Name, LongestName), (Type, LongestName), (Url, LongestUrl) })
        {
            if (string.IsNullOrWhiteSpace(body.Text(field)))
                return AssistantBody.At("/" + field, VoiceErrors.MissingParameter, $"{field} is required.");
            if (body.Text(field) is { } text && text.Length > most)
                return AssistantBody.At("/" + field, VoiceErrors.BadLength, $"{field} may have at most {most} characters.");
        }
        string type = body.Text(Type)!, url = body.Text(Url)!;      // they were looked for
        if (!Types.Contains(type))
            return AssistantBody.At("/" + Type, VoiceErrors.BadRequest,
                $"10041: servers of this type are not asked here; there are {string.Join(", ", Types)}.");
        if (await AssistantBody.CheckUrlAsync(op, url, "/" + Url, parts) is { } bad) return bad;
        if (url.Contains('{', StringComparison.Ordinal) || !Uri.TryCreate(url, UriKind.Absolute, out var read) || read.UserInfo.Length > 0)
            return AssistantBody.At("/" + Url, VoiceErrors.InvalidUrl, "url may have no variables and no user: its key is api_key_ref.");
        if (body.Filled(Key) is { } secret && await ToolSecrets.FindTokenAsync(op.Tenant, secret, parts.Store, op.Stop) is null)
            return AssistantBody.Nowhere(op, "/" + Key, "No bearer's integration secret of this account has this identifier.");
        return CheckAllowed(body, "/" + Allowed);
    }

    private static Problem? CheckAllowed(JsonObject said, string pointer) => said[Allowed] is not { } allowed
        || allowed is JsonArray { Count: <= MostAllowed } names
            && names.All(name => name?.GetValueKind() is JsonValueKind.String && name.GetValue<string>().Length is > 0 and <= LongestName)
        ? null : AssistantBody.At(pointer, VoiceErrors.BadRequest, $"{Allowed} must be a list of at most {MostAllowed} names of tools.");

    private static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject { ["id"] = row.Id };
        foreach (string field in Fields) shown[field] = row.Body[field]?.DeepClone();
        shown["created_at"] = TelnyxTime.Millis(row.CreatedAt);
        return shown;
    }

    /// <param name="Allowed">Names of tools; null for all that the server allows.</param>
    public sealed record Named(string Id, IReadOnlyList<string>? Allowed);
}
