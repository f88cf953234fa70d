using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;
using static Ringwright.Http.Bind;

namespace Ringwright.Edge.Dialects;

/// <summary>
/// The smallest second dialect: lines are numbers, desks are applications. It keeps a document of its own (a line's
/// "colour"), and shows what others have made.
/// </summary>
internal static class Tiny
{
    public const string Root = "/tiny/v1";
    private const string Name = "tiny";

    public static readonly DialectFaces Faces = new(Name)
    {
        Numbers = (number, document, _) =>
        {
            document ??= new() { ["colour"] = "grey" };
            document["call"] = number.Text;
            document["desk"] = number.Connection?.ToString();
            return document;
        },
        Connections = (connection, document, _) =>
        {
            if (connection.Kind is not ConnectionKind.CallControl) return null;
            document ??= [];
            document["title"] = connection.Name;
            document["hook"] = connection.WebhookUrl;
            return document;
        },
    };

    private static readonly ResourceView<Number> Lines = new()
    {
        Dialect = Name,
        Read = row => new((string)row.Body["call"]!, row.Tenant,
            (string?)row.Body["desk"] is { } desk ? new ConnectionId(long.Parse(desk)) : null),
        Keep = (before, read) => before with { Text = read.Text, Connection = read.Connection },
        Columns = new Dictionary<string, string> { ["call"] = "text" },
    };

    private static readonly ResourceView<Connection> Desks = new()
    {
        Dialect = Name,
        Read = row => new()
        {
            Id = new(long.Parse(row.Id)), Tenant = row.Tenant, Kind = ConnectionKind.CallControl,
            Name = (string)row.Body["title"]!, WebhookUrl = (string?)row.Body["hook"]
        },
        Keep = (before, read) => before with { Name = read.Name, WebhookUrl = read.WebhookUrl },
    };

    public static Dialect Create(Database store)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Contract()));
        var contract = Ringwright.Http.Contract.Read(json, Ringwright.Http.Envelope.Data);
        var (lines, desks) = (new ResourceKind("line") { Ids = IdStyle.Snowflake19 },
            new ResourceKind("desk") { Ids = IdStyle.Snowflake19 });
        var tickets = new ResourceKind("ticket")
        {
            Transitions = [new(Transition.Created, [], "open"), new("closed", ["open"], "closed"),
                new("reopened", ["closed"], "open") { Role = CallerRole.Owner, Says = "reason" }],
            Work = Tell,
        };
        var comments = new ResourceKind("comment") { Under = new(tickets, "ticket_id"), Unique = ["text"] };
        return new()
        {
            Name = Name,
            Root = Root,
            Contract = contract,
            Errors = ErrorCatalogue.Read(Operators("errors.tsv"), Operators("faults.tsv")),
            Form = OperatorForm.Form,
            Bindings = new(contract, [.. All("Line", lines), .. All("Desk", desks), .. All("Ticket", tickets),
                Move("CloseTicket", tickets, "closed"), Move("ReopenTicket", tickets, "reopened"), .. All("Comment", comments)]),
            Json = JsonSerializerOptions.Default,
            Rows = kind => kind == lines ? store.Numbers.Rows(Lines)
                : kind == desks ? store.Connections.Rows(ConnectionKind.CallControl, Desks) : store.Documents.Rows(kind),
        };
    }

    /// <summary>Each change of a ticket is told, and one that is closed is filed.</summary>
    private static ValueTask<UnitOfWork> Tell(ResourceChange change) => new(new UnitOfWork
    {
        Messages =
        [
            new()
            {
                Id = Guid.NewGuid(), Tenant = change.Row.Tenant, OrderKey = "tickets", Format = Name, EventType = $"ticket.{change.Name}",
                Url = "https://example.com/tickets", Method = "POST",
                Timeout = TimeSpan.FromSeconds(5), Version = "1", OccurredAt = change.At, Body = change.Row.Body.ToJsonString(),
            },
        ],
        Jobs = change.Name is "closed" ? [new("file_ticket", new() { ["ticket"] = change.After!.Id })] : [],
    });

    private static IEnumerable<Binding> All(string noun, ResourceKind kind) => [Crud($"List{noun}s", kind), Crud($"Create{noun}", kind),
        Crud($"Get{noun}", kind), Crud($"Update{noun}", kind), Crud($"Delete{noun}", kind)];

    private static string Operators(string file)
    {
        using var reader = new StreamReader(typeof(OperatorDialect).Assembly.GetManifestResourceStream("operator/" + file)!);
        return reader.ReadToEnd();
    }

    private static string Contract()
    {
        JsonObject text = new() { ["type"] = "string" }, nullable = new() { ["type"] = "string", ["nullable"] = true };
        return new JsonObject
        {
            ["schemas"] = new JsonObject
            {
                ["Line"] = Object(("id", text), ("record_type", text), ("call", text), ("desk", nullable), ("colour", text)),
                ["Ticket"] = Object(("id", text), ("record_type", text), ("title", text), ("status", text), ("reason", text)),
                ["Comment"] = Object(("id", text), ("record_type", text), ("text", text), ("ticket_id", text)),
                ["Desk"] = Object(("id", text), ("record_type", text), ("title", text), ("hook", nullable)),
            },
            ["parameters"] = new JsonObject
            {
                ["id"] = new JsonObject { ["name"] = "id", ["in"] = "path", ["required"] = true, ["schema"] = text.DeepClone() },
                ["comment_id"] =
                    new JsonObject { ["name"] = "comment_id", ["in"] = "path", ["required"] = true, ["schema"] = text.DeepClone() },
            },
            ["operations"] = new JsonArray([.. Operations("Line", "/lines"), .. Operations("Desk", "/desks"),
                .. Operations("Ticket", "/tickets"), .. Operations("Comment", "/tickets/{id}/comments", "comment_id"),
                Operation("CloseTicket", "POST", "/tickets/{id}/close", 200, Envelope(new() { ["$ref"] = "Ticket" })),
                Operation("ReopenTicket", "POST", "/tickets/{id}/reopen", 200, Envelope(new() { ["$ref"] = "Ticket" }),
                    body: new() { ["$ref"] = "Ticket" })]),
        }.ToJsonString();
    }

    private static IEnumerable<JsonNode> Operations(string noun, string path, string id = "id")
    {
        JsonObject one = new() { ["$ref"] = noun };
        yield return Operation($"List{noun}s", "GET", path, 200,
            Envelope(new JsonObject { ["type"] = "array", ["items"] = one.DeepClone() }));
        yield return Operation($"Create{noun}", "POST", path, 201, Envelope(one), body: one);
        yield return Operation($"Get{noun}", "GET", $"{path}/{{{id}}}", 200, Envelope(one));
        yield return Operation($"Update{noun}", "PATCH", $"{path}/{{{id}}}", 200, Envelope(one), body: one);
        yield return Operation($"Delete{noun}", "DELETE", $"{path}/{{{id}}}", 200, Envelope(one));
    }

    private static JsonObject Operation(string id, string method, string path, int status, JsonObject reply, JsonObject? body = null)
    {
        var operation = new JsonObject { ["id"] = id, ["method"] = method, ["path"] = path, ["family"] = "Tiny" };
        operation["parameters"] = new JsonArray([.. new[] { "id", "comment_id" }.Where(name =>
            path.Contains($"{{{name}}}", StringComparison.Ordinal)).Select(name => (JsonNode)name)]);
        if (body is not null)
            operation["body"] =
                new JsonObject { ["required"] = true, ["content"] = new JsonObject { ["application/json"] = body.DeepClone() } };
        operation["success"] = new JsonObject { [status.ToString()] = new JsonObject { ["application/json"] = reply } };
        return operation;
    }

    private static JsonObject Envelope(JsonObject data) => Object(("data", data));

    private static JsonObject Object(params (string Name, JsonObject Schema)[] fields)
    {
        var properties = new JsonObject();
        foreach (var (name, schema) in fields) properties[name] = schema.DeepClone();
        return new() { ["type"] = "object", ["properties"] = properties };
    }
}
