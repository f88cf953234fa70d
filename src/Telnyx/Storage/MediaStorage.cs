using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Storage;

/// <summary>
/// The media storage of the contract: audio files under names, uploaded or fetched from a URL, played as <c>media_name</c>.
/// </summary>
internal static class MediaStorage
{
    private const string AccountLimit = "10039";
    private const string RecordType = "media";
    private const string Unknown = MediaTypeNames.Application.Octet;
    private static readonly string[] OfSamples = ["rate", "channels"];

    public static async ValueTask<Reply> List(OperationContext op, StorageParts parts)
    {
        var types = op.List.Filters.Where(f => f.Path == "content_type").SelectMany(f => f.Values).ToList();
        var page = await parts.Store.Media.ListAsync(op.Tenant, types, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Rows.Select(Show)], page.Total);
    }

    public static async ValueTask<Reply> Create(OperationContext op, StorageParts parts)
    {
        var body = op.ReadObject();
        string name = body.Filled("media_name") ?? Guid.NewGuid().ToString();
        if (BadName(name) is { } badName) return op.Invalid("/media_name", VoiceErrors.BadRequest, badName);
        if (Lifetime(body, out var lifetime) is { } badTime) return op.Fail(badTime);
        // Asked before the fetch, so that a name that is taken costs nobody a download; asked again when it is written.
        if (await parts.Store.Media.GetAsync(op.Tenant, name, op.Stop) is not null) return Taken(op);

        var (file, problem) = await ContentAsync(op, parts, body);
        if (file is null)
            return op.Fail(problem ?? new Problem(VoiceErrors.MissingParameter, "A file (media) or its URL (media_url) is required.")
            {
                Pointer = IsForm(op) ? "/media" : "/media_url"
            });
        var expiresAt = op.Now + (lifetime ?? TimeSpan.FromSeconds(MediaLimits.DefaultSeconds));
        return await parts.Store.Media.AddAsync(op.Tenant, name, file.ContentType, expiresAt, file.Bytes, MostBytes(op),
            Note(op, "created", name, file, expiresAt), op.Stop) switch
        {
            { Row: { } row } => op.Created(Show(row)),
            { Outcome: MediaOutcome.OverLimit } => TooMuch(op),
            _ => Taken(op),
        };
    }

    public static async ValueTask<Reply> Get(OperationContext op, StorageParts parts) =>
        await parts.Store.Media.GetAsync(op.Tenant, op.Path("media_name"), op.Stop) is { } row ? op.Ok(Show(row))
            : op.Unknown("media_name");

    public static async ValueTask<Reply> Update(OperationContext op, StorageParts parts)
    {
        var body = op.ReadObject();
        string name = op.Path("media_name");
        if (await parts.Store.Media.GetAsync(op.Tenant, name, op.Stop) is null) return op.Unknown("media_name");
        if (Lifetime(body, out var lifetime) is { } badTime) return op.Fail(badTime);

        var (file, problem) = await ContentAsync(op, parts, body);
        if (problem is not null) return op.Fail(problem);
        var change = new MediaChange { Content = file?.Bytes, ContentType = file?.ContentType, ExpiresAt = op.Now + lifetime };
        return await parts.Store.Media.ChangeAsync(op.Tenant, name, change, MostBytes(op),
            Note(op, "updated", name, file, change.ExpiresAt), op.Stop) switch
        {
            { Row: { } row } => op.Ok(Show(row)),
            { Outcome: MediaOutcome.OverLimit } => TooMuch(op),
            _ => op.Unknown("media_name"),
        };
    }

    public static async ValueTask<Reply> Delete(OperationContext op, StorageParts parts) =>
        await parts.Store.Media.DeleteAsync(op.Tenant, op.Path("media_name"), op.Note("deleted", RecordType, op.Path("media_name")),
            op.Stop) ? op.NoContent() : op.Unknown("media_name");

    public static async ValueTask<Reply> Download(OperationContext op, StorageParts parts)
    {
        if (await parts.Store.Media.FindAsync(op.Tenant, op.Path("media_name"), op.Stop) is not { } stored) return op.Unknown("media_name");
        return await stored.Read(op.Stop) is { } bytes ? op.Raw(200, Unknown, bytes) : op.Unknown("media_name"); // deleted at this moment
    }

    private static JsonObject Show(MediaRow row) => new()
    {
        ["content_type"] = row.ContentType,
        ["created_at"] = TelnyxTime.Millis(row.CreatedAt),
        ["expires_at"] = TelnyxTime.Millis(row.ExpiresAt),
        ["media_name"] = row.Name,
        ["updated_at"] = TelnyxTime.Millis(row.UpdatedAt),
    };

    /// <summary>What the account's trail of changes tells: never the bytes.</summary>
    private static AuditNote Note(OperationContext op, string change, string name, Content? file, DateTimeOffset? expiresAt)
    {
        var after = new JsonObject();
        if (file is not null) (after["content_type"], after["bytes"]) = (file.ContentType, file.Bytes.Length);
        if (expiresAt is { } at) after["expires_at"] = TelnyxTime.Millis(at);
        return op.Note(change, RecordType, name, after: after);
    }

    private static long? MostBytes(OperationContext op) => op.Routing.FindTenant(op.Tenant)?.Limits.MediaBytes;

    private static Reply TooMuch(OperationContext op) =>
        op.Fail(new Problem(AccountLimit, $"The account's media files may have {MostBytes(op)} bytes together."));

    private static Reply Taken(OperationContext op) =>
        op.Fail(op.Dialect.Errors.Problem(Fault.Duplicate, "media_name has already been taken.") with { Pointer = "/media_name" });

    /// <summary>A sentence when a file may not have this name. It is one segment of a path, and never a path on our disk.</summary>
    private static string? BadName(string name)
    {
        if (name.Length > MediaLimits.NameLength) return $"media_name may have at most {MediaLimits.NameLength} characters.";
        foreach (char c in name)
            if (char.IsControl(c) || char.IsSurrogate(c) || c is '/' or '\\' or '?' or '#' or '%')
                return "media_name may have no slashes, control characters, or any of ? # %.";
        return name.Trim() != name || name is "." or ".." ? "media_name may not be . or .., nor begin or end with a space." : null;
    }

    private static Problem? Lifetime(JsonObject body, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (body["ttl_secs"] is null) return null;
        if (body.Whole("ttl_secs") is not { } seconds || seconds is < 1 or > MediaLimits.MostSeconds)
            return new(VoiceErrors.BadRange, $"ttl_secs must be a whole number from 1 to {MediaLimits.MostSeconds}.")
            {
                Pointer = "/ttl_secs"
            };
        lifetime = TimeSpan.FromSeconds(seconds);
        return null;
    }

    /// <summary>The uploaded file or what the URL has; neither with a problem, or with none when the body names none.</summary>
    private static async ValueTask<(Content?, Problem?)> ContentAsync(OperationContext op, StorageParts parts, JsonObject body)
    {
        if (IsForm(op))
        {
            if (op.Files.FirstOrDefault(f => f.Field == "media") is { } file) return Accept(file.Content, file.ContentType, "/media");
            return body["media"] is null ? (null, null)
                : (null, new(VoiceErrors.BadRequest, "media must be a file of the form.") { Pointer = "/media" });
        }
        return body.Filled("media_url") is { } url ? await FetchAsync(parts.Egress, op, url) : (null, null);
    }

    private static async ValueTask<(Content?, Problem?)> FetchAsync(EgressClient egress, OperationContext op, string url)
    {
        var result = await egress.SendAsync(new()
        {
            Url = url,
            Use = TargetUse.Media,
            Timeout = MediaLimits.FetchTimeout,
            MaxBytes = MediaLimits.FileBytes,
            MaxRedirects = MediaLimits.Redirects,
            Account = op.Tenant,
        }, op.Stop);
        if (result.IsSuccess) return Accept(result.Body, result.ContentType, "/media_url");
        string code = result.Failure is EgressFailure.BadUrl or EgressFailure.Forbidden ? VoiceErrors.InvalidUrl : VoiceErrors.BadRequest;
        return (null, new(code, $"The media file could not be fetched. {result.Detail}") { Pointer = "/media_url" });
    }

    private static (Content?, Problem?) Accept(ReadOnlyMemory<byte> bytes, string? contentType, string pointer) => bytes.Length switch
    {
        0 => (null, new(VoiceErrors.BadRequest, "The media file is empty.") { Pointer = pointer }),
        > MediaLimits.FileBytes =>
            (null, new(VoiceErrors.BadLength, $"A media file may have at most {MediaLimits.FileBytes} bytes.") { Pointer = pointer }),
        _ when MagicBytes.Refuse(bytes.Span, Said(contentType)) is { } refusal =>
            (null, new(VoiceErrors.BadRequest, refusal) { Pointer = pointer }),
        _ => (new(bytes, TypeOf(bytes.Span, contentType)), null),
    };

    /// <summary>The type without its parameters; empty when the sender says nothing useful.</summary>
    private static string Said(string? contentType)
    {
        string type = (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
        return type == Unknown || type.Length > MediaLimits.ContentTypeLength
            || type.AsSpan().ContainsAnyExceptInRange('!', '~') ? "" : type;
    }

    /// <summary>As the sender says; who says nothing useful is answered by the bytes.</summary>
    private static string TypeOf(ReadOnlySpan<byte> bytes, string? contentType) =>
        Said(contentType) is { Length: > 0 } said ? said + FormOf(said, contentType) : MagicBytes.TypeOf(bytes) ?? Unknown;

    /// <summary>What samples without a head cannot be played without (RFC 2586), as parameters of their type.</summary>
    private static string FormOf(string said, string? contentType) =>
        said.StartsWith("audio/", StringComparison.Ordinal) && MediaTypeHeaderValue.TryParse(contentType, out var type)
            ? string.Concat(OfSamples.Select(name => NumberOf(type, name) is { } number ? $";{name}={number}" : "")) : "";

    private static string? NumberOf(MediaTypeHeaderValue type, string name) =>
        type.Parameters.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Value?.Trim('"')
            is { Length: > 0 and < 10 } value && !value.AsSpan().ContainsAnyExceptInRange('0', '9') ? value : null;

    private static bool IsForm(OperationContext op) => op.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) is true;

    private sealed record Content(ReadOnlyMemory<byte> Bytes, string ContentType);
}
