using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Http.Tests;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>
/// What holds for every operation of a dialect without a row: how it refuses. Each check sends the same kind of request to all of them,
/// and collects what is not as it must be.
/// </summary>
internal sealed class DialectFloor(DialectWorld world, WalkedDialect dialect)
{
    private const int MostSpoilt = 16, LongestBody = 16 * 1024;
    private static readonly string[] Verbs = ["PATCH", "PUT", "DELETE", "POST"];
    /// <summary>What no customer may read in an answer.</summary>
    private static readonly string[] Inside = ["Exception", " at Ringwright.", "SQLite", "Npgsql", ".cs:line"];

    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    /// <summary>How many requests were judged: a check that asks nothing finds nothing.</summary>
    public int Asked { get; private set; }

    public async Task CheckCredentialsAsync()
    {
        bool isStolen = false;
        foreach (var operation in await RealAsync())
        {
            if (operation.IsPublic || operation.TakesClient) continue;
            string url = dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner), Requests.QueryOf(operation));
            Judge(operation, "without a credential", await SendAsync(null, operation.Method, url), Fault.Unauthenticated);
            // Once is enough: who guesses often is not heard any more.
            if (isStolen) continue;
            isStolen = true;
            Judge(operation, "with a credential that nobody has", await SendAsync(world.Thief, operation.Method, url),
                Fault.UnknownCredential);
        }
    }

    /// <summary>A key that may too little is told so before anything else is.</summary>
    public async Task CheckRolesAsync()
    {
        foreach (var operation in await RealAsync())
        {
            if (operation.IsPublic || operation.Role is not (CallerRole.Member or CallerRole.Owner)) continue;
            string url = dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner), Requests.QueryOf(operation));
            Judge(operation, "by a key that only reads", await SendAsync(world.Reader, operation.Method, url), Fault.Forbidden);
        }
    }

    public async Task CheckPathsAsync()
    {
        foreach (string path in new[] { "/no-such-path", "/no/such/path/at/all" })
            Judge(null, path, await SendAsync(world.Owner, "GET", dialect.Root + path), Fault.UnknownPath);
        var templates = dialect.Operations.Select(o => (Operation: o, Template: new PathTemplate(o.Path))).ToList();
        foreach (var operation in (await RealAsync()).DistinctBy(o => (o.Path, o.Place)))
        {
            var ids = dialect.NobodysIds(operation, world.Owner);
            string below = dialect.UrlOf(operation, ids);
            if (operation.Place is not OperationPlace.Host) below = below[dialect.Root.Length..];
            var taken = templates.Where(t => t.Operation.Place == operation.Place && t.Template.Matches(below))
                .Select(t => t.Operation.Method).ToHashSet();
            if (Verbs.FirstOrDefault(verb => !taken.Contains(verb)) is not { } wrong) continue;
            var answer = await SendAsync(world.Owner, wrong, dialect.UrlOf(operation, ids));
            Judge(operation, $"by {wrong}", answer, Fault.MethodNotAllowed);
            string[] allowed = (answer.Headers.GetValueOrDefault("allow") ?? "").Split(',', StringSplitOptions.TrimEntries);
            if (taken.Any(method => Array.IndexOf(allowed, method) < 0))
                Tell(operation, $"by {wrong}: Allow must name {string.Join(", ", taken)}, and says '{string.Join(", ", allowed)}'");
        }
    }

    public async Task CheckBodiesAsync()
    {
        foreach (var operation in await RealAsync())
        {
            if (operation.Body is not { } body || dialect.Uploads.Contains(operation.Id)) continue;
            string url = dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner), Requests.QueryOf(operation));
            if (body.Find("text/x-nothing") is null)
                Judge(operation, "of a media type that it does not take",
                    await SendAsync(world.Owner, operation.Method, url, Requests.ContentOf("x"u8.ToArray(), "text/x-nothing")),
                    Fault.UnsupportedMediaType);
            if (Requests.SchemaOf(operation) is not { } schema) continue;
            Judge(operation, "with a body that is no JSON",
                await SendAsync(world.Owner, operation.Method, url, Requests.ContentOf("""{"a":"""u8.ToArray())), Fault.BadJson);
            Judge(operation, "with a body that is no UTF-8",
                await SendAsync(world.Owner, operation.Method, url, Requests.ContentOf([(byte)'"', 0xFF, (byte)'"'])),
                Fault.UndecodableBody);
            if (Requests.FittingBodyOf(operation) is not { } good) continue;
            // One that is long is too large before it is wrong.
            foreach (var spoilt in Spoilt.All(schema, good).Where(s => s.Body.ToJsonString().Length <= LongestBody
                && !(dialect.ReadsLooseTypes && s.Fault is Fault.NotText)).Take(MostSpoilt))
            {
                var answer = await SendAsync(world.Owner, operation.Method, url, Requests.ContentOf(spoilt.Body));
                string[] steps = spoilt.Pointer.Split('/', StringSplitOptions.RemoveEmptyEntries);
                if (!IsRefused(operation, answer) || answer.Status != operation.BadBodyStatus)
                    Tell(operation, $"{spoilt.Fault} at {spoilt.Pointer} must be {operation.BadBodyStatus}: {answer}");
                else if (!dialect.Silent.Contains(operation.Id) && !steps.Any(step => answer.Text.Contains(step, StringComparison.Ordinal)))
                    Tell(operation, $"{spoilt.Fault} at {spoilt.Pointer} is refused without a word of it: {answer}");
            }
        }
    }

    public async Task CheckParametersAsync()
    {
        Fault[] may = [Fault.BadParameter, Fault.BadPage, Fault.BadFilter, Fault.BadSort, Fault.NotInEnum];
        foreach (var operation in await RealAsync())
        {
            if (operation.Method is not "GET" || operation.ChecksOwnQuery) continue;
            foreach (var parameter in Requests.TypedOf(operation))
            {
                string query = $"{Uri.EscapeDataString(parameter.Name)}=~";
                if (Requests.QueryOf(operation, beside: parameter.Name) is { Length: > 0 } more) query = $"{more}&{query}";
                var answer = await SendAsync(world.Owner, "GET",
                    dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner), query));
                if (!IsRefused(operation, answer) || !may.Any(fault => dialect.Of(fault).Code == dialect.CodeOf(answer))
                    || answer.Status is not (400 or 422)) Tell(operation, $"?{parameter.Name}=~ must be refused as a parameter: {answer}");
            }
        }
    }

    /// <summary>An id that nobody has is answered as one: nothing is done, and nothing is shown.</summary>
    public async Task CheckUnknownAsync()
    {
        foreach (var operation in await RealAsync())
        {
            if (operation.PathNames.Count == 0 || dialect.Everybodys.Contains(operation.Id)) continue;
            string url = dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner), Requests.QueryOf(operation));
            var body = Requests.BodyOf(operation, SampleSize.None);
            var answer = await SendAsync(world.Owner, operation.Method, url, body is null ? null : Requests.ContentOf(body));
            // Some list what belongs to a thing without looking for it.
            bool isEmpty = operation.Method is "GET" && answer.IsSuccess && IsEmpty(answer.Json);
            if (!isEmpty && !IsRefused(operation, answer)) Tell(operation, $"names what nobody has: {answer}");
            // Nothing but the path is wrong with a request that has no body.
            else if (!isEmpty && body is null && operation.Method is "GET" or "DELETE" && answer.Status is not (403 or 404)
                && Requests.QueryOf(operation).Length == 0)
                Tell(operation, $"names what nobody has, and must be 404: {answer}");
        }
    }

    /// <summary>Every collection of an account that is new; the node holds what it says against the contract.</summary>
    public async Task CheckListsAsync()
    {
        foreach (var operation in await RealAsync())
        {
            if (operation.Method is not "GET" || Requests.IsStream(operation)) continue;
            if (dialect.OwnIds(operation, world.Stranger) is not { } ids) continue;
            var answer = await SendAsync(world.Stranger, "GET", dialect.UrlOf(operation, ids, Requests.QueryOf(operation)));
            if (!answer.IsSuccess && !IsRefused(operation, answer)) Tell(operation, $"{answer}");
            else if (answer.IsSuccess && operation.FindReply(answer.Status) is null && operation.Replies.Count > 0)
                Tell(operation, $"must answer {string.Join(" or ", operation.Replies.Select(r => r.Status))}: {answer}");
            if (!dialect.IsOperators && answer.Text.Contains((string)world.Owner["id"]!, StringComparison.Ordinal))
                Tell(operation, $"names another account: {answer}");
        }
    }

    /// <summary>What is not built says so, whatever else the request is.</summary>
    public async Task CheckAbsentAsync()
    {
        var real = (await RealAsync()).ToHashSet();
        foreach (var operation in dialect.Operations.Where(o => !real.Contains(o)))
            Judge(operation, "is absent", await SendAsync(world.Owner, operation.Method,
                dialect.UrlOf(operation, dialect.NobodysIds(operation, world.Owner))), Fault.NotImplemented);
    }

    private Task<IReadOnlyList<Operation>> RealAsync() => world.RealAsync(dialect);

    private Task<Answer> SendAsync(JsonNode? account, string method, string url, HttpContent? content = null)
    {
        Asked++;
        return world.SendAsync(dialect, account, method, url, content);
    }

    /// <summary>Exactly this fault, in the dialect's words.</summary>
    private void Judge(Operation? operation, string what, Answer answer, Fault fault)
    {
        var (code, status) = dialect.Of(fault);
        if (operation is not null && status == 400 && dialect.Silent.Contains(operation.Id) && answer is { Status: 400, Text: "" }) return;
        if (answer.Status != status || dialect.CodeOf(answer) != code || IsTelling(answer))
            Tell(operation, $"{what} must be {status} {code}: {answer}");
    }

    /// <summary>By the request's own fault, in the dialect's shape and with a code that it has.</summary>
    private bool IsRefused(Operation operation, Answer answer) => answer.Status is >= 400 and < 500 or 503 && !IsTelling(answer)
        && (dialect.CodeOf(answer) is { } code ? dialect.Errors.Find(code) is not null
            : dialect.Silent.Contains(operation.Id) && answer.Text.Length == 0);

    private static bool IsTelling(Answer answer) => Inside.Any(word => answer.Text.Contains(word, StringComparison.Ordinal));

    /// <summary>A list of nothing.</summary>
    private static bool IsEmpty(JsonNode? reply) =>
        reply is JsonArray { Count: 0 } || (reply is JsonObject fields && fields.Any(field => field.Value is JsonArray { Count: 0 })
            && fields.All(field => field.Value is not JsonArray { Count: > 0 }));

    private void Tell(Operation? operation, string fault) => _faults.Add($"{dialect} {operation?.Id} {operation}: {fault}");
}
