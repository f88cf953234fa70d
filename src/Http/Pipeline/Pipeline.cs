using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Http;

/// <summary>
/// The one way of every request of a dialect: path and method → caller → limit → account → role → whether it is built → media type → JSON →
/// schema → query → binding → reply. Who asks is settled before anything is said about the body.
/// </summary>
public sealed class Pipeline(Dialect dialect, IAuthenticator authenticator, IRequestLimiter limiter, PipelineServices services,
    PipelineSettings settings, ILogger<Pipeline> logger)
{
    private readonly ResourceEngine _resources = new(logger);
    private readonly Dictionary<SubjectKind, SubjectToken> _tokens = TokensOf(dialect);
    /// <summary>What a request without a query asks for, by operation; each is one object.</summary>
    private readonly ConcurrentDictionary<Operation, ListRequest> _unasked = new(ReferenceEqualityComparer.Instance);
    private readonly SocketHost _sockets = new(dialect, services, logger);
    private readonly BrowserGuard _browsers = new(dialect.Form.Access, services.Links);

    public Dialect Dialect => dialect;

    internal PublicLinks Links => services.Links;

    /// <summary>What an operation that is handled answers to a reader of the account, asked from inside; null when it refuses.</summary>
    /// <param name="path">Parameters of the path, by name.</param>
    public async ValueTask<JsonNode?> ReadAsync(TenantId tenant, string operation, IReadOnlyDictionary<string, string> path,
        CancellationToken stop)
    {
        if (dialect.Contract.Find(operation) is not { } found || dialect.Bindings[found] is not Binding.Handle handle)
            throw new ArgumentException($"'{operation}' is no operation that is handled.", nameof(operation));
        var caller = services.Routing.Current.FindTenant(tenant)?.Parent is { } above
            ? new Caller(above, tenant, CallerRole.Reader, "inside") : new Caller(tenant, null, CallerRole.Reader, "inside");
        var op = new OperationContext(found, dialect, services, caller, "inside", path, QueryValues.Empty, stop);
        var reply = await handle.Handler(op);
        return reply.IsProblem ? null : JsonNode.Parse(reply.Body.Span);
    }

    /// <summary>What a request's key may do, for who asks nothing else; null without a key that is good here and now.</summary>
    internal async ValueTask<CallerRole?> FindRoleAsync(HttpContext http)
    {
        var credential = dialect.Form.Access.Read(http);
        if (credential.Kind is not CredentialKind.Bearer) return null;
        try
        {
            var (caller, _) = await authenticator.FindAsync(credential, http.RequestAborted);
            return caller is not null && AccountGuard.Refusal(services.Routing.Current, caller.Tenant, http) is null ? caller.Role : null;
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    internal async Task RunAsync(HttpContext http, Operation operation, IReadOnlyList<string> pathKeys)
    {
        long started = Stopwatch.GetTimestamp();
        string requestId = Begin(http);
        var writer = new ReplyWriter(dialect, operation, requestId);
        string key = "-";
        Reply reply;
        try
        {
            var credential = dialect.Form.Access.Read(http);
            var (caller, refusal) = await FindCallerAsync(credential, operation, EndOf(http, operation));
            if (caller is null && refusal is Fault.TooManyRequests)
            {
                Metrics.Limited.Add(1, new KeyValuePair<string, object?>("dialect", dialect.Name));
                http.Response.Headers.RetryAfter = "60";
                reply = writer.Problems([dialect.Errors.Problem(Fault.TooManyRequests,
                    $"Too many keys that nobody has came from {credential.Remote}: try again in a minute, with a key that is valid.") with
                {
                    Word = "ip"
                }]);
            }
            else if (caller is null)
            {
                http.Response.Headers.WWWAuthenticate =
                    dialect.Form.Access.Challenges(services.Links, refusal is Fault.ExpiredToken ? "invalid_token" : null);
                reply = writer.Problems([dialect.Errors.Problem(refusal
                    ?? (credential.Kind is CredentialKind.None ? Fault.Unauthenticated : Fault.UnknownCredential),
                    refusal is Fault.ExpiredToken
                    ? "The access token's time is over: get a new one."
                    : $"No key, or a key that is not valid, was given: {dialect.Form.Access.Hint}.")]);
            }
            else
            {
                key = caller.KeyId;
                var shut = AccountGuard.Refusal(services.Routing.Current, caller.Tenant, http)
                    ?? _browsers.Refusal(http, caller, credential, isSocket: dialect.Bindings[operation] is Binding.Socket);
                reply = await TakeAllowanceAsync(http, caller, shut is null, writer) ?? CheckAccount(shut, writer)
                    ?? CheckRole(http, operation, caller, writer)
                    ?? await AnswerAsync(http, operation, caller, credential, requestId, pathKeys, writer);
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (OperationCanceledException) when (http.Features.Get<IClientPresence>()?.SaidAll.IsCancellationRequested is true)
        {
            // It was done for this client alone. One that still reads is not to take an empty reply for an answer.
            http.Abort();
            return;
        }
        catch (ConnectionResetException)
        {
            return;     // in the middle of the body
        }
        catch (BadHttpRequestException e)
        {
            reply = writer.Problems([dialect.Errors.Problem(e.StatusCode == 413 ? Fault.BodyTooLarge : Fault.UndecodableBody)]);
        }
        catch (StoreUnavailableException)
        {
            // The store itself says once that it is away, and why.
            reply = writer.Problems(
                [dialect.Errors.Problem(Fault.Unavailable, "The database is not available at the moment; try again in a moment.")]);
        }
        catch (BlobStoreException away)
        {
            logger.BlobsAway(away, requestId, operation.Id);
            reply = writer.Problems(
                [dialect.Errors.Problem(Fault.Unavailable, "The store of files is not available at the moment; try again in a moment.")]);
        }
        catch (Exception e)
        {
            logger.Failed(e, requestId, operation.Id);
            reply = writer.Problems([dialect.Errors.Problem(Fault.Internal, $"Something went wrong on our side. Request {requestId}.")]);
        }

        await WriteAsync(http, reply);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Count(operation.Id, reply.Status, seconds);
        logger.Answered(requestId, operation.Id, key, reply.Status, seconds * 1000);
    }

    /// <summary>No operation has this path and method: 404, or 405 with what the path allows.</summary>
    internal async Task RefuseAsync(HttpContext http, string path, PathIndex paths)
    {
        string requestId = Begin(http);
        var (allowed, nearest) = paths.Find(path);
        var writer = new ReplyWriter(dialect, nearest, requestId);
        Reply reply;
        if (allowed.Count == 0)
        {
            reply = writer.Problems([dialect.Errors.Problem(Fault.UnknownPath, "There is nothing at this path.")]);
        }
        else
        {
            string methods = string.Join(", ", allowed);
            http.Response.Headers.Allow = methods;
            reply = writer.Problems([dialect.Errors.Problem(Fault.MethodNotAllowed, $"This path allows {methods}.")]);
        }

        await WriteAsync(http, reply);
        Count("-", reply.Status, 0);
        logger.Answered(requestId, "-", "-", reply.Status, 0);
    }

    private async ValueTask<Reply> AnswerAsync(HttpContext http, Operation operation, Caller caller, Credential credential,
        string requestId, IReadOnlyList<string> pathKeys, ReplyWriter writer)
    {
        var binding = dialect.Bindings[operation];
        // Whatever the request says, it will not be done: nothing about it is worth a complaint.
        if (binding is Binding.Absent absent)
        {
            Metrics.Absent.Add(1, new("dialect", dialect.Name), new KeyValuePair<string, object?>("operation", operation.Id));
            return writer.NotImplemented(absent.Reason);
        }
        var body = binding is Binding.Upload ? ReadBody.None
            : await BodyReader.ReadAsync(operation, http, settings, dialect.Form, EndOf(http, operation));
        using var document = body.Document;
        if (body.Fault is { } fault) return writer.Problems([dialect.Errors.Problem(fault, body.Detail)]);

        var path = new Dictionary<string, string>(operation.PathNames.Count, StringComparer.Ordinal);
        for (int i = 0; i < pathKeys.Count; i++)
            path[operation.PathNames[i]] = PathText.Of(http.Request.RouteValues[pathKeys[i]] as string ?? "",
                http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "");
        if (dialect.Form.IsId is { } isId && path.FirstOrDefault(named => !isId(named.Key, named.Value)) is { Key: { } wrong })
            return writer.Problems([dialect.Errors.Problem(Fault.BadPathId, $"{wrong} is no id.")]);
        if (dialect.Form.FoldsIds)
            foreach (string name in operation.PathNames) path[name] = FoldedIds.Of(path[name]);
        if (CheckQuery(http, writer, out var query) is { } refusal) return refusal;
        if (dialect.Form.PassesEmptyQueries) query = query.WithoutEmpty(operation);
        query = query.WithTruths(operation);
        if (dialect.Form.FoldsIds) query = query.WithIds(operation);
        var op = new OperationContext(operation, dialect, services, caller, requestId, path, query, EndOf(http, operation))
        {
            HasClientLeft = http.Features.Get<IClientPresence>() is { } client
                ? () => client.HasLeftAsync(HttpProtocol.IsHttp11(http.Request.Protocol))
                : static () => new(false),
            Aborted = http.RequestAborted,
            SaidAll = http.Features.Get<IClientPresence>()?.SaidAll ?? default,
            IsSecure = http.Request.IsHttps || services.Links.Origin?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) is true,
            Origin = RequestOrigin.Of(http),
            // Who may do less than at the beginning begins again: what goes on was opened with more.
            IsWelcome = async stop => await FindCallerAsync(credential, operation, stop) is { Caller: { } still }
                && still.Tenant == caller.Tenant && still.Role >= caller.Role
                && AccountGuard.Refusal(services.Routing.Current, still.Tenant, RequestOrigin.Of(http)) is null,
            RequestHeaders = http.Request.Headers,
            RawQuery = http.Request.QueryString.Value ?? "",
            RawBody = body.Raw,
            ContentType = http.Request.ContentType,
            BodySchema = body.Schema,
            Files = body.Files,
            Credential = credential,
        };

        // A token that we never minted is said first: nothing in the body could mend it.
        Subject? subject = null;
        if (binding is Binding.Act { Kind: var kind })
        {
            var token = _tokens[kind];
            subject = token.Find(caller.Tenant, op.Path(token.Parameter));
            if (subject is null) return Refuse(op, kind, Refusal.UnknownLeg);
        }

        if (document is not null && body.Schema is { } schema)
        {
            var check = SchemaCheck.Run(schema, document.RootElement, readsWritten: dialect.Form.ReadsWrittenValues,
                passesEmpty: dialect.Form.PassesEmptyChoices, readsLoose: dialect.Form.ReadsLooseTypes);
            if (check.Violations.Count > 0) return writer.Problems(SchemaFaults.Of(check.Violations, operation, dialect.Errors));
            op.Body = document.RootElement;
            op.HasStrayNulls = check.HasStrayNulls;
            op.HasEmptyChoices = check.HasEmptyChoices;
            op.HasOddValues = check.HasPointedIntegers || check.HasWrittenValues;
            if (check.HasWrittenValues) op.ReadWritten();
        }

        if (operation.Refused.Count > 0 && RefusedParameters.Of(op) is { Count: > 0 } refused) return op.Fail(refused);

        if (ReadList(op, binding) is { } problem && !operation.ChecksOwnQuery) return op.Fail(problem);

        Reply reply;
        try
        {
            reply = await BindAsync(binding, http, op, subject);
        }
        catch (UnreadableBodyException e)
        {
            return op.Fail(dialect.Errors.Problem(Fault.WrongType, "The field cannot be read.") with { Pointer = e.Pointer });
        }

        return settings.IsStrict ? Checked(reply, op, writer) : reply;
    }

    /// <summary>Page, filters and sort. What a request without a query asks for is read once.</summary>
    private Problem? ReadList(OperationContext op, Binding binding)
    {
        bool asks = op.Query.Pairs.Count > 0;
        if (!asks && _unasked.TryGetValue(op.Operation, out var standard))
        {
            op.List = standard;
            return null;
        }
        var (list, problem) =
            QueryReader.Read(op.Operation, dialect.Form, dialect.Errors, op.Query, (binding as Binding.Crud)?.Kind, op.Now);
        op.List = list;
        if (!asks && problem is null) _unasked.TryAdd(op.Operation, list);
        return problem;
    }

    private async ValueTask<Reply> BindAsync(Binding binding, HttpContext http, OperationContext op, Subject? subject)
    {
        switch (binding)
        {
            case Binding.Handle handle: return await handle.Handler(op);
            case Binding.Act act:
                // Only an Act comes with a subject, and always with one.
                var mapped = await act.Map(op);
                if (mapped.Command is not { } command) return op.Fail(mapped.Problems);
                var ack = await services.Calls.SendAsync(subject!.Value, command, op.Stop);
                if (ack.IsAccepted) return dialect.Acknowledge(op, command);
                if (mapped.OnRefused is { } withdraw) await withdraw(ack.Refusal);
                return Refuse(op, act.Kind, ack.Refusal);
            case Binding.Crud crud: return await _resources.CrudAsync(op, crud.Kind, dialect.Rows(crud.Kind));
            case Binding.Part part: return await _resources.PartAsync(op, part.Kind, part.Field, dialect.Rows(part.Kind));
            case Binding.Move move: return await _resources.MoveAsync(op, move.Kind, move.Transition, dialect.Rows(move.Kind));
            case Binding.Fixed { Catalogue: System.Text.Json.Nodes.JsonArray all } when dialect.Form.Paging.IsPaged(op.Operation):
                return op.Page([.. all.Skip(op.List.Offset).Take(op.List.Size).Select(i => i!.DeepClone())], all.Count);
            case Binding.Fixed catalogue: return op.Ok(catalogue.Catalogue.DeepClone());
            case Binding.Upload upload: return await UploadAsync(http, op, upload);
            case Binding.Download download: return await download.Handler(op);
            case Binding.Socket socket: return await _sockets.RunAsync(http, op, socket);
            case Binding.Absent: throw new UnreachableException("An operation that is absent was answered before.");
            default: throw new UnreachableException();
        }
    }

    private static async ValueTask<Reply> UploadAsync(HttpContext http, OperationContext op, Binding.Upload binding)
    {
        var (body, fault, detail) = UploadStream.Open(op.Operation, http, binding.MostBytes);
        if (body is null) return op.Fail(fault, detail);
        try
        {
            return await binding.Handler(op, body);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return op.Fail(Fault.BodyTooLarge, UploadStream.TooLarge(binding.MostBytes));
        }
    }

    /// <exception cref="InvalidOperationException">Nothing says how the subjects of a binding are named: a bug.</exception>
    private static Dictionary<SubjectKind, SubjectToken> TokensOf(Dialect dialect)
    {
        var tokens = dialect.Subjects.ToDictionary(token => token.Kind);
        string[] unnamed = [.. dialect.Bindings.All.OfType<Binding.Act>().Where(act => !tokens.ContainsKey(act.Kind))
            .Select(act => $"'{act.Operation}' commands a {act.Kind}")];
        return unnamed.Length == 0 ? tokens : throw new InvalidOperationException(
            $"The dialect {dialect.Name} does not say how subjects are named: {string.Join(", ", unnamed)}.");
    }

    private Reply Refuse(OperationContext op, SubjectKind kind, Refusal refusal) =>
        _tokens[kind].Refuse is { } refuse ? op.Fail(refuse(refusal)) : op.Refuse(refusal);

    /// <summary>Who reads may leave; what else was asked for is done, though the client be gone by then.</summary>
    private CancellationToken EndOf(HttpContext http, Operation operation) =>
        HttpMethods.IsGet(operation.Method) ? http.RequestAborted : services.Stopping;

    private async ValueTask<Identity> FindCallerAsync(Credential credential, Operation operation, CancellationToken stop)
    {
        var someone = Caller.Public with { KeyId = $"public {BruteForceLimiter.SourceOf(credential.Remote)}" };
        // A program that shows its own credentials shows them to the handler; a key in their place is judged here.
        if (credential.Kind is CredentialKind.None
            ? operation.IsPublic || operation.TakesClient
            : operation.TakesClient && credential is { Scheme: not null, IsBearer: false }) return someone;
        var found = await authenticator.FindAsync(credential, stop);
        // A key behind another's name is no pair of credentials.
        if (found.Caller is { } caller && credential is { Kind: CredentialKind.Basic, User: { } user }
            && !dialect.Form.Access.Find<CredentialForm.BasicHeader>()!.IsUser(caller, user)) found = default;
        // A key on a public operation is welcome, and a bad one there is no matter.
        return found.Caller is null && operation.IsPublic ? someone : found;
    }

    /// <summary>Counts the request; a reply when there were too many.</summary>
    /// <param name="isInside">False for a key that is used where it may not be: it spends nothing of its account's.</param>
    private async ValueTask<Reply?> TakeAllowanceAsync(HttpContext http, Caller caller, bool isInside, ReplyWriter writer)
    {
        // An account's keys share what it may ask: making more of them is no way to more.
        bool isOfAccount = isInside && caller.Role is not (CallerRole.Public or CallerRole.Operator);
        var routing = services.Routing.Current;
        int? rate = routing.FindTenant(caller.Tenant)?.Limits.RequestRate;
        var allowance = await limiter.TakeAsync(isOfAccount ? $"account {caller.Tenant}" : caller.KeyId, rate, times: 1, least: 1,
            http.RequestAborted);
        (int most, string whose) = (allowance.Limit, "one account, all of its keys together");
        // Nor is making more accounts: one makes as many below it as it likes. Whose own rate is higher has that at least.
        if (allowance.IsAllowed && isOfAccount && caller.Child is not null
            && await limiter.TakeAsync($"accounts below {caller.Root}", routing.FindTenant(caller.Root)?.Limits.RequestRate,
                Limits.RatesBelow, rate ?? 1, http.RequestAborted) is { IsAllowed: false } together)
        {
            allowance = allowance with { IsAllowed = false, RetryAfterSeconds = together.RetryAfterSeconds };
            (most, whose) = (together.Limit, "all accounts below one together");
        }
        var headers = http.Response.Headers;
        var names = dialect.Form.Headers;
        if (names.RateLimit is { } limit) headers[limit] = Text(allowance.Limit);
        if (names.RateRemaining is { } remaining) headers[remaining] = Text(allowance.Remaining);
        if (names.RateReset is { } reset) headers[reset] = Text(allowance.ResetSeconds);
        if (allowance.IsAllowed) return null;
        Metrics.Limited.Add(1, new KeyValuePair<string, object?>("dialect", dialect.Name));
        headers.RetryAfter = Text(allowance.RetryAfterSeconds);
        return writer.Problems([dialect.Errors.Problem(Fault.TooManyRequests,
            $"At most {most} requests a second are allowed for {whose}.") with
        {
            Word = "account"
        }]);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A reply when the query is longer than anybody needs.</summary>
    private Reply? CheckQuery(HttpContext http, ReplyWriter writer, out QueryValues query)
    {
        string? text = http.Request.QueryString.Value;
        bool isTooLong = text?.Length - 1 > Limits.QueryCharacters;
        query = isTooLong ? QueryValues.Empty : QueryValues.Parse(text);
        if (isTooLong)
            return writer.Problems(
                [dialect.Errors.Problem(Fault.BadParameter, $"The query may have at most {Limits.QueryCharacters} characters.")]);
        // No text of ours has it, and one of the databases keeps none that has.
        if (query.Pairs.Any(pair => pair.Key.Contains('\0') || pair.Value.Contains('\0')))
            return writer.Problems([dialect.Errors.Problem(Fault.BadParameter, "The query may not hold the character U+0000.")]);
        return query.Pairs.Count <= Limits.QueryParameters ? null
            : writer.Problems(
                [dialect.Errors.Problem(Fault.BadParameter, $"The query may have at most {Limits.QueryParameters} parameters.")]);
    }

    /// <summary>A reply when the caller's account is switched off, or lists where it may be used from and this is elsewhere.</summary>
    private Reply? CheckAccount((Fault Fault, string Detail)? shut, ReplyWriter writer) =>
        shut is { } refusal ? writer.Problems([dialect.Errors.Problem(refusal.Fault, refusal.Detail)]) : null;

    /// <summary>A reply when the caller's role may not.</summary>
    private Reply? CheckRole(HttpContext http, Operation operation, Caller caller, ReplyWriter writer)
    {
        if (caller.Role >= operation.Role) return null;
        if (caller.Program is null)
            return writer.Problems([dialect.Errors.Problem(Fault.Forbidden,
                $"This needs a key with the role {operation.Role.ToString().ToLowerInvariant()}; this one is a "
                + $"{caller.Role.ToString().ToLowerInvariant()}'s.")]);
        string scope = Scopes.For(operation.Role);
        http.Response.Headers.WWWAuthenticate = dialect.Form.Access.Challenges(services.Links, "insufficient_scope", scope);
        return writer.Problems([dialect.Errors.Problem(Fault.Forbidden, $"This needs an access token with the scope {scope}.") with
        {
            Word = "insufficient_scope"
        }]);
    }

    private Reply Checked(Reply reply, OperationContext op, ReplyWriter writer)
    {
        // A redirect has no body that could deviate.
        if (reply.IsProblem || op.Operation.Replies.Count == 0 || reply.Status == StatusCodes.Status302Found) return reply;
        var shape = op.Operation.FindReply(reply.Status);
        Violation? first = null;
        if (shape is null) first = new("", ViolationKind.NotInEnum, $"Status {reply.Status} is not declared.");
        else if (shape.Json is { } schema && reply.ContentType?.StartsWith("application/json", StringComparison.Ordinal) is true)
        {
            using var document = JsonDocument.Parse(reply.Body);
            var check = SchemaCheck.Run(schema, document.RootElement, BodyDirection.Reply);
            first = check.Violations.FirstOrDefault();
        }

        if (first is null) return reply;
        logger.Deviates(op.RequestId, op.Operation.Id, reply.Status, first.Pointer, first.Detail);
        return writer.Problems(
            [dialect.Errors.Problem(Fault.Internal, $"The reply deviates from the contract at '{first.Pointer}': {first.Detail}")]);
    }

    private string Begin(HttpContext http)
    {
        string requestId = Guid.NewGuid().ToString();
        if (dialect.Form.Headers.RequestId is { } name) http.Response.Headers[name] = requestId;
        return requestId;
    }

    private static async Task WriteAsync(HttpContext http, Reply reply)
    {
        if (reply.IsSent) return;
        var response = http.Response;
        response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers) response.Headers[name] = value;
        if (reply.ContentType is null) return;
        if (reply.File is { } file)
        {
            response.Headers.XContentTypeOptions = "nosniff";
            if (response.Headers.CacheControl.Count == 0) response.Headers.CacheControl = "private, no-store";
            await Results.Stream(file.Content, reply.ContentType, file.Name, file.ChangedAt, enableRangeProcessing: true)
                .ExecuteAsync(http);
            return;
        }
        response.ContentType = reply.ContentType;
        if (reply.Stream is { } stream)
        {
            // By itself nginx gathers what is to be read at once.
            response.Headers["X-Accel-Buffering"] = "no";
            // Who asks by HEAD has left before it begins: whoever writes then gives back what it holds.
            bool isHead = HttpMethods.IsHead(http.Request.Method);
            await stream(isHead ? Stream.Null : response.Body, isHead ? new(canceled: true) : http.RequestAborted);
            return;
        }
        response.ContentLength = reply.Body.Length;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        try
        {
            await response.Body.WriteAsync(reply.Body, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; what was done is done.
        }
    }

    private void Count(string operation, int status, double seconds)
    {
        Metrics.Requests.Add(1, new("dialect", dialect.Name), new("operation", operation),
            new KeyValuePair<string, object?>("status", status));
        if (seconds > 0) Metrics.Seconds.Record(seconds, new KeyValuePair<string, object?>("dialect", dialect.Name));
    }
}
