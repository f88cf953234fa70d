using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// What agents may have done: definitions, in the words of the tools that the node's own talking agents have. A model asks for them while
/// an agent talks.
/// </summary>
internal sealed class AgencyTools(AgencyParts parts)
{
    public const string RecordType = "agency_tool";

    /// <summary>Bytes of the schema of what a tool is asked with.</summary>
    private const int MostParameters = 16 * 1024;
    private const int LongestName = 64;
    private const string UsualMethod = "POST", InQuery = "GET";

    /// <summary>Arguments that stand behind a URL: agents that talk take no more.</summary>
    private const int MostInQuery = 50;

    /// <summary>In milliseconds.</summary>
    private const int UsualTimeout = 5_000;

    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) =
            await parts.Tools.ListAsync(op.Caller.Root, op.Query["search"] ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Create(OperationContext op)
    {
        var body = op.ReadObject();
        if (Check(op, body) is { } wrong) return op.Fail(wrong);
        var now = op.Now;
        var tool = Changed(new() { Id = Guid.CreateVersion7(now), TenantId = op.Caller.Root, CreatedAt = now }, body, now);
        var note = op.Note("created", RecordType, tool.Id.ToString(), null, Show(tool)) with { Tenant = tool.TenantId };
        return await parts.Tools.AddAsync(tool, note, op.Stop) is ToolChange.Done ? op.Created(Show(tool)) : NameTaken(op);
    }

    public async ValueTask<Reply> Update(OperationContext op)
    {
        var body = op.ReadObject();
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Tools.FindAsync(op.Caller.Root, id, op.Stop) is not { } known)
            return op.Unknown("id");
        if (known.ProviderToolId is not null)
            return op.Fail(new Problem("invalid_state", "The tool is its provider's: change it there, and POST /tools/sync."));
        if (Check(op, body) is { } wrong) return op.Fail(wrong);
        var (made, now) = await parts.Tools.ChangeAsync(op.Caller.Root, id, before => Changed(before, body, op.Now),
            (before, after) => op.Note("updated", RecordType, id.ToString(), Show(before), Show(after)) with
            {
                Tenant = op.Caller.Root,
            }, op.Stop);
        return made switch
        {
            ToolChange.Done => op.Ok(Show(now!)),       // it has one then
            ToolChange.NameTaken => NameTaken(op),
            _ => op.Unknown("id"),
        };
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Tools.FindAsync(op.Caller.Root, id, op.Stop) is not { } tool)
            return op.Unknown("id");
        var note = op.Note("deleted", RecordType, id.ToString(), Show(tool)) with { Tenant = tool.TenantId };
        return await parts.Tools.RemoveAsync(tool.TenantId, id, note, op.Stop) switch
        {
            ToolChange.Done => op.NoContent(),
            ToolChange.InUse => op.Fail(Fault.InUse, "An agent has the tool."),
            _ => op.Unknown("id"),
        };
    }

    private static Reply NameTaken(OperationContext op) => op.Fail(Fault.Duplicate, "There is a tool of this name.");

    /// <summary>What is wrong with a tool, whoever has made it; null when nothing is.</summary>
    /// <param name="urlFault">Why the node would never ask at a URL.</param>
    internal static Problem? FaultOf(string name, JsonObject definition, Func<string, string?> urlFault) =>
        NameFaultOf(name) ?? DefinitionFaultOf(definition, urlFault);

    /// <summary>What is wrong with the fields that the body has.</summary>
    private Problem? Check(OperationContext op, JsonObject body)
    {
        if (body.ContainsKey("name") && NameFaultOf(AgencyText.Text(body, "name") ?? "") is { } misnamed) return misnamed;
        if (body["definition"] is not JsonObject definition) return null;
        var shape = op.BodySchema?.FindProperty("definition");
        if (definition.FirstOrDefault(field => shape?.FindProperty(field.Key) is null) is { Key: { } unknown })
            return AgencyText.Bad("definition/" + unknown, $"There is no field '{unknown}' of a tool's definition.");
        return DefinitionFaultOf(definition, parts.UrlFault);
    }

    private static Problem? NameFaultOf(string name) =>
        !IsName(name)
            ? AgencyText.Bad("name", $"A name is of letters, digits, '_' and '-', {LongestName} at most: a model calls by it.")
        : TalkDefinition.Reserved.Contains(name) ? AgencyText.Bad("name", $"{name} is what each agent can do by itself.") : null;

    private static Problem? DefinitionFaultOf(JsonObject definition, Func<string, string?> urlFault)
    {
        string url = (string)definition["url"]!;    // required
        if (urlFault(url) is { } fault) return AgencyText.Bad("definition/url", fault);
        if (Uri.TryCreate(url, UriKind.Absolute, out var read) && read.UserInfo.Length > 0)
            return AgencyText.Bad("definition/url", "The URL of a tool names no user: agents that talk ask for none.");
        if (definition["parameters"] is not JsonObject parameters) return null;
        if (parameters["type"] is not JsonValue kind || !kind.TryGetValue(out string? type) || type is not "object")
            return AgencyText.Bad("definition/parameters", "parameters is a JSON schema of the type object.");
        if ((string?)definition["method"] is InQuery && parameters["properties"] is JsonObject asked
            && (asked.Count > MostInQuery || asked.Any(one => one.Key.Length is 0 or > LongestName)))
            return AgencyText.Bad("definition/parameters",
                $"A tool of the method {InQuery} has at most {MostInQuery} arguments, with names of 1 to {LongestName} characters.");
        return Encoding.UTF8.GetByteCount(parameters.ToJsonString()) <= MostParameters ? null
            : AgencyText.Bad("definition/parameters", $"parameters has at most {MostParameters} bytes.");
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= LongestName && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    /// <summary>With the fields that the body has; a definition is there whole.</summary>
    private static ToolRow Changed(ToolRow tool, JsonObject body, DateTimeOffset at) => tool with
    {
        Name = AgencyText.Text(body, "name") ?? tool.Name,
        Description = body.ContainsKey("description") ? AgencyText.Text(body, "description") : tool.Description,
        Definition = body["definition"] is JsonObject said ? Whole(said) : tool.Definition,
        UpdatedAt = at,
    };

    /// <summary>With what is usual where nothing was said.</summary>
    internal static JsonObject Whole(JsonObject said) => new()
    {
        ["url"] = said["url"]!.DeepClone(),      // required
        ["method"] = (string?)said["method"] ?? UsualMethod,
        ["parameters"] = said["parameters"]?.DeepClone() ?? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject() },
        ["timeout_ms"] = (int?)said["timeout_ms"] ?? UsualTimeout,
    };

    private static JsonObject Show(ToolRow tool) => new()
    {
        ["id"] = tool.Id.ToString(), ["agency_id"] = tool.TenantId.ToString(), ["name"] = tool.Name,
        ["description"] = tool.Description, ["definition"] = tool.Definition.DeepClone(),
        ["provider_tool_id"] = tool.ProviderToolId, ["last_synced_at"] = AgencyText.Time(tool.LastSyncedAt),
        ["created_at"] = AgencyText.Time(tool.CreatedAt), ["updated_at"] = AgencyText.Time(tool.UpdatedAt),
    };
}
