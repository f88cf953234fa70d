using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Blobs;

namespace Ringwright.Http;

/// <summary>One request of one operation, checked, on its way to its binding; and the ways to answer it.</summary>
public sealed class OperationContext
{
    private static readonly FileStreamOptions Reading = new()
    {
        Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
    };

    private IReadOnlyDictionary<string, string> _path;
    private readonly ReplyWriter _writer;

    internal OperationContext(Operation operation, Dialect dialect, PipelineServices services, Caller caller, string requestId,
        IReadOnlyDictionary<string, string> path, QueryValues query, CancellationToken stop)
    {
        Operation = operation;
        Dialect = dialect;
        Services = services;
        Caller = caller;
        RequestId = requestId;
        _path = path;
        Query = query;
        Stop = stop;
        _writer = new(dialect, operation, requestId, caller.Role);
    }

    public Operation Operation { get; }
    public Dialect Dialect { get; }
    public Caller Caller { get; private set; }
    /// <summary>What the request brought to say who it is, for operations that check it themselves.</summary>
    public Credential Credential { get; internal set; } = Credential.None;
    public TenantId Tenant => Caller.Tenant;
    /// <summary>The routing snapshot as it is now.</summary>
    public RoutingSnapshot Routing => Services.Routing.Current;
    public ICallControl Calls => Services.Calls;
    public DateTimeOffset Now => Services.Time.GetUtcNow();
    public Snowflakes Snowflakes => Services.Snowflakes;
    public PublicLinks Links => Services.Links;
    public string RequestId { get; }
    /// <summary>Whether the caller would still be let in, for replies that go on for long.</summary>
    public Func<CancellationToken, ValueTask<bool>> IsWelcome { get; internal init; } = static _ => new(true);
    /// <summary>As <see cref="IClientPresence.HasLeftAsync"/>.</summary>
    public Func<ValueTask<bool>> HasClientLeft { get; internal init; } = static () => new(false);
    /// <summary>For work that nobody but this client wants: ends with the node, and when the client goes or closes its side.</summary>
    public CancellationTokenSource WhileWanted() => CancellationTokenSource.CreateLinkedTokenSource([Stop, Aborted, SaidAll]);
    internal CancellationToken Aborted { get; init; }
    /// <summary>As <see cref="IClientPresence.SaidAll"/>.</summary>
    internal CancellationToken SaidAll { get; init; }
    /// <summary>The customer reaches us by https, here or at the proxy before us.</summary>
    public bool IsSecure { get; internal init; }
    /// <summary>Where the request came from.</summary>
    public RequestOrigin Origin { get; internal init; }
    public QueryValues Query { get; }
    /// <summary>The query as it came, from its question mark on; empty without one.</summary>
    public string RawQuery { get; internal init; } = "";
    /// <summary>Paging, filters and sort, checked. Defaults for an operation that is no list.</summary>
    public ListRequest List { get; internal set; } = new();
    /// <summary>The checked JSON body, or a form as an object of texts; undefined without a body. Lives as long as the request.</summary>
    public JsonElement Body { get; internal set; }
    /// <summary>The body as it came.</summary>
    public ReadOnlyMemory<byte> RawBody { get; internal set; }
    public string? ContentType { get; internal set; }
    /// <summary>The files of a multipart form; in <see cref="Body"/> they are their names.</summary>
    public IReadOnlyList<UploadedFile> Files { get; internal set; } = [];
    /// <summary>
    /// Ends when the node stops; for reads also when the client goes away. What was begun for a client that left is finished.
    /// </summary>
    public CancellationToken Stop { get; }

    /// <summary>The same request, as another caller asks: for an API that has judged that the caller may.</summary>
    public OperationContext As(Caller caller)
    {
        var other = (OperationContext)MemberwiseClone();
        other.Caller = caller;
        return other;
    }

    /// <summary>The same request, for an operation that has these in its path.</summary>
    public OperationContext At(IReadOnlyDictionary<string, string> path)
    {
        var other = (OperationContext)MemberwiseClone();
        other._path = path;
        return other;
    }

    /// <summary>A header of the request, or null.</summary>
    public string? Header(string name) => RequestHeaders?[name];

    internal IHeaderDictionary? RequestHeaders { get; init; }
    internal PipelineServices Services { get; }
    public Schema? BodySchema { get; internal set; }
    internal bool HasStrayNulls { get; set; }
    internal bool HasEmptyChoices { get; set; }
    /// <summary>It has values that read otherwise than they are written: 30.0, "5" for 5, or 5 for "5".</summary>
    internal bool HasOddValues { get; set; }

    /// <summary>A path parameter by the contract's name, decoded.</summary>
    public string Path(string name) => _path[name];

    public bool HasPath(string name) => _path.ContainsKey(name);

    /// <summary>The body as <typeparamref name="T"/>, which the dialect's JSON context knows. An absent body reads as <c>{}</c>.</summary>
    public ValueTask<T> ReadAsync<T>()
    {
        var info = (JsonTypeInfo<T>)Dialect.Json.GetTypeInfo(typeof(T));
        var body = HasStrayNulls || HasOddValues || HasEmptyChoices || Dialect.Form.FoldsIds
            ? JsonSerializer.SerializeToElement(ReadObject(), PlainJsonNodes.Default.JsonObject) : Body;
        try
        {
            var value = body.ValueKind is JsonValueKind.Undefined ? JsonSerializer.Deserialize("{}"u8, info) : body.Deserialize(info);
            return new(value ?? throw new UnreadableBodyException(null));
        }
        catch (JsonException e)
        {
            throw new UnreadableBodyException(e.Path);
        }
    }

    /// <summary>Lets what came as a text be what it says for all who look at <see cref="Body"/>: a "false" asks for nothing.</summary>
    internal void ReadWritten()
    {
        if (Body.ValueKind is JsonValueKind.Object)
            Body = JsonSerializer.SerializeToElement(ReadObject(keepsNulls: true), PlainJsonNodes.Default.JsonObject);
    }

    /// <summary>
    /// The body as an own object, to be changed at will; without fields that are null where the schema has no null, or empty where they
    /// count as not given, and with its numbers written plainly.
    /// </summary>
    /// <param name="keepsNulls">Leaves the nulls where they are.</param>
    public JsonObject ReadObject(bool keepsNulls = false)
    {
        if (Body.ValueKind is not JsonValueKind.Object) return [];
        // A copy, because the body's memory goes back to its pool with the request.
        var read = JsonObject.Create(Body.Clone())!; // the kind was checked
        if (BodySchema is not { } schema) return read;
        if (HasStrayNulls && !keepsNulls) Nulls.Drop(read, schema);
        if (HasEmptyChoices) EmptyChoices.Drop(read, schema, Dialect.Form.ClearsByEmptyChoices);
        if (HasOddValues) WholeNumbers.WritePlain(read, schema, Dialect.Form.ReadsLooseTypes);
        if (Dialect.Form.FoldsIds) FoldedIds.Fold(read, schema);
        return read;
    }

    /// <summary>
    /// What the account's trail of changes is to tell of a write by this request: handed to the store,
    /// which adds it in the write's transaction.
    /// </summary>
    /// <param name="change">"created", "updated", "deleted", or the name of another change.</param>
    /// <param name="before">The resource's fields before; null when there was none.</param>
    /// <param name="after">The fields afterwards; null when none is left, or for rows that know their own.</param>
    /// <param name="masked">Fields that are secrets beside those of the operation's family: only whether they are there is told.</param>
    public AuditNote Note(string change, string recordType, string resourceId, JsonObject? before = null, JsonObject? after = null,
        params IReadOnlyList<string> masked) => new()
        {
            Tenant = Tenant,
            At = Now,
            By = Caller.Role switch
            {
                CallerRole.Operator => AuditActor.Operator,
                CallerRole.Owner => AuditActor.Owner,
                _ => AuditActor.Member
            },
            KeyId = Caller.KeyId,
            Change = change,
            RecordType = recordType,
            ResourceId = resourceId,
            Before = before,
            After = after,
            Masked = [.. masked, .. Operation.Secrets.Select(secret => secret.Name)],
        };

    /// <summary>The operation's success status with <paramref name="data"/> in its envelope.</summary>
    public Reply Ok<T>(T data) => _writer.Enveloped(Operation.SuccessStatus, data);

    /// <summary>201 with <paramref name="data"/> in its envelope.</summary>
    public Reply Created<T>(T data) => _writer.Enveloped(201, data);

    /// <summary>One page of a list with the operation's paging meta.</summary>
    public Reply Page(IReadOnlyList<JsonNode> items, long total) => _writer.Page(items, List, total, PathAsAsked());

    /// <summary>A JSON body without an envelope.</summary>
    public Reply Bare(int status, JsonNode body) => _writer.Json(status, body);

    /// <summary>A body of another type.</summary>
    public Reply Raw(int status, string contentType, ReadOnlyMemory<byte> body) =>
        new() { Status = status, ContentType = contentType, Body = body };

    /// <summary>A body that <paramref name="write"/> writes for as long as the client stays.</summary>
    public Reply Stream(string contentType, Func<Stream, CancellationToken, Task> write) =>
        new() { Status = Operation.SuccessStatus, ContentType = contentType, Stream = write };

    /// <summary>A file, for a <see cref="Binding.Download"/>.</summary>
    /// <param name="name">Under which it is saved; null shows it.</param>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public Reply File(string path, string contentType, string? name = null) => new()
    {
        Status = Operation.SuccessStatus,
        ContentType = contentType,
        File = new(new FileStream(path, Reading), name, System.IO.File.GetLastWriteTimeUtc(path)),
    };

    /// <summary>The same of a file in the store of them; null when it is not there.</summary>
    public async ValueTask<Reply?> FileAsync(IBlobs blobs, BlobKey key, string contentType, string? name = null) =>
        await blobs.FindAsync(key, Stop) is { } facts ? new()
        {
            Status = Operation.SuccessStatus,
            ContentType = contentType,
            File = new(new BlobContent(blobs, key, facts.Bytes), name, facts.ChangedAt),
        } : null;

    /// <summary>501, as of an operation that is absent; the headers say that it will not help to ask again.</summary>
    /// <param name="reason">A sentence for the customer.</param>
    public Reply NotBuilt(string reason) => _writer.NotImplemented(reason);

    /// <summary>204.</summary>
    public Reply NoContent() => new() { Status = 204 };

    /// <summary>The dialect's error for a refusal of the engine.</summary>
    public Reply Refuse(Refusal refusal, string? detail = null) =>
        Fail(Dialect.Refuse(refusal) is var problem && detail is not null ? problem with { Detail = detail } : problem);

    /// <summary>
    /// <paramref name="name"/> names nothing that the tenant has: 404 when it is in the path,
    /// else an error that points at the body's field.
    /// </summary>
    public Reply Unknown(string name, string? detail = null) => Fail(UnknownProblem(name, detail));

    /// <summary>The same for a resource in the path; where the API says so, that it is another account's.</summary>
    /// <param name="code">Of the error when there is none; null for the usual one.</param>
    public async ValueTask<Reply> UnknownAsync(ResourceKind kind, string name, string? code = null)
    {
        const string sentence = "The resource was not found.";
        if (Dialect.IsForeign is { } isForeign && await isForeign(kind, Tenant, Path(name), Stop))
            return Fail(Fault.ForeignResource, "This belongs to another account.");
        return code is null ? Unknown(name, sentence) : Fail(new Problem(code, sentence));
    }

    /// <summary>What <see cref="Unknown"/> answers, for hooks.</summary>
    public Problem UnknownProblem(string name, string? detail = null) => HasPath(name)
        ? Dialect.Errors.Problem(Fault.UnknownResource, detail ?? $"There is no resource with this {name}.")
        : Dialect.Errors.Problem(Fault.UnknownReference, detail ?? $"The {name} names nothing in this account.") with
        {
            Pointer = Pointers.Of(name)
        };

    /// <summary>An error at <paramref name="pointer"/> ("/webhook_url") with a code of the catalogue.</summary>
    public Reply Invalid(string pointer, string code, string? detail = null) => Fail(new Problem(code, detail) { Pointer = pointer });

    public Reply Fail(Fault fault, string? detail = null) => Fail(Dialect.Errors.Problem(fault, detail));

    public Reply Fail(Problem problem) => _writer.Problems([problem]);

    public Reply Fail(IReadOnlyList<Problem> problems) => _writer.Problems(problems);

    private string PathAsAsked()
    {
        string path = Operation.Path;
        foreach (string name in Operation.PathNames)
            path = path.Replace($"{{{name}}}", Uri.EscapeDataString(_path[name]), StringComparison.Ordinal);
        return path;
    }
}

/// <summary>The body fits its schema and not the handler's record: the caller's business, not a fault of ours.</summary>
internal sealed class UnreadableBodyException(string? path) : Exception("The body cannot be read.")
{
    /// <summary>Where, as a JSON pointer: $.a.b[0] is /a/b/0.</summary>
    public string Pointer { get; } = path is null or "$" ? ""
        : path[1..].Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
            .Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}
