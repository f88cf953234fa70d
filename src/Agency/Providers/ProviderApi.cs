using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Agency.Providers;

/// <summary>A page of a provider's list; or why there is none.</summary>
/// <param name="Next">The path of the page behind it; null for the last.</param>
internal sealed record ProviderPage(IReadOnlyList<JsonObject> Rows, string? Next, long? Total)
{
    public int? Status { get; init; } = 200;
    /// <summary>As part of a sentence; null when all is well.</summary>
    public string? Fault { get; init; }
    /// <summary>There is more than whoever asked reads: asked again it would be, too.</summary>
    public bool IsTooLong { get; init; }
    /// <summary>Bytes of the answer.</summary>
    public int Size { get; init; }

    /// <summary>Asked again it would say the same: the key is not good, or nothing is there that was asked for.</summary>
    public bool IsRefusal => Status is 400 or 401 or 403 or 410 or 422;
}

/// <summary>A provider of voices as an agency asks it: by its key, at its address and at no other, whatever an answer names.</summary>
internal sealed class ProviderApi(IProviderWeb web, string baseUrl, string key)
{
    private static readonly JsonDocumentOptions Parsing = new() { AllowDuplicateProperties = false };

    /// <summary>Null where the agency has no key, or none that opens, or nothing asks.</summary>
    public static async ValueTask<ProviderApi?> OfAsync(AgencyParts parts, TenantId agency, CancellationToken stop)
    {
        if (parts.Web is not { } way || await parts.Integrations.FindAsync(agency, stop) is not { } row) return null;
        try
        {
            return new ProviderKeys(parts.Store).ApiKeyOf(row) is { } known
                ? new(way.Of(agency), row.BaseUrl ?? ProviderKeys.UsualBaseUrl, known) : null;
        }
        catch (Exception locked) when (ProviderKeys.IsLocked(locked))
        {
            // What works for all agencies goes on with the others.
            return null;
        }
    }

    /// <summary>For who asks now: null, and a refusal, where there is no key.</summary>
    public static async ValueTask<(ProviderApi? Api, Reply? Refusal)> ForAsync(OperationContext op, AgencyParts parts)
    {
        bool isThere = await parts.Integrations.FindAsync(op.Caller.Root, op.Stop) is { ApiKey: not null };
        if (isThere && await OfAsync(parts, op.Caller.Root, op.Stop) is { } api) return (api, null);
        string sentence = isThere ? $"The provider's key: {ProviderKeys.Locked}. Put it once more."
            : "The agency has no key for its provider: PUT /integrations/ultravox.";
        return (null, op.Fail(new Problem("missing_credentials", sentence) { Pointer = "/ultravox_api_key" }));
    }

    /// <summary>The whole of a list; or why it cannot be read to its end.</summary>
    /// <param name="most">Pages.</param>
    /// <param name="mostRows">Rows; no page is asked for behind more.</param>
    public async ValueTask<ProviderPage> ListAllAsync(string path, int most, CancellationToken stop, int mostRows = int.MaxValue)
    {
        var rows = new List<JsonObject>();
        int size = 0;
        string? next = path;
        for (int pages = 1; next is not null; pages++)
        {
            var page = await ListAsync(next, stop);
            if (page.Fault is not null) return page;
            rows.AddRange(page.Rows);
            if (page.Next is not null && (page.Next == next || pages == most || rows.Count > mostRows))
                return page with { Fault = "the provider's list does not end", IsTooLong = true };
            size += page.Size;
            if (size > MostOfAll) return page with { Fault = "the provider's list is too long", IsTooLong = true };
            next = page.Next;
        }
        return new(rows, null, rows.Count);
    }

    /// <param name="path">Below the address, with a query; or as <see cref="ProviderPage.Next"/> has it.</param>
    public async ValueTask<ProviderPage> ListAsync(string path, CancellationToken stop)
    {
        var answer = await web.GetAsync(UrlOf(path), key, stop);
        var none = new ProviderPage([], null, null) { Status = answer.Status, Fault = answer.Why };
        if (!answer.IsSuccess) return none;
        try
        {
            if (JsonNode.Parse(answer.Body.Span, documentOptions: Parsing) is not JsonObject page || page["results"] is not JsonArray rows)
                return none with { Fault = NoList };
            // What is no object has no fields, and whoever reads it says so.
            return new([.. rows.Select(row => row as JsonObject ?? [])], NextOf((string?)page["next"]),
                page["total"] is JsonValue total && total.TryGetValue(out int count) ? count : null)
            { Size = answer.Body.Length };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            return none with { Fault = NoList };
        }
    }

    /// <returns>Null when it is not said, and the status of the answer.</returns>
    public async ValueTask<(JsonObject? Row, int? Status)> FindAsync(string path, CancellationToken stop)
    {
        var answer = await web.GetAsync(UrlOf(path), key, stop);
        if (!answer.IsSuccess) return (null, answer.Status);
        try
        {
            return (JsonNode.Parse(answer.Body.Span, documentOptions: Parsing) as JsonObject, answer.Status);
        }
        catch (JsonException)
        {
            return (null, answer.Status);
        }
    }

    /// <summary>Whether there is something; null when nobody knows.</summary>
    public async ValueTask<bool?> HasAsync(string path, CancellationToken stop)
    {
        var answer = await web.GetAsync(UrlOf(path), key, stop);
        // Where the file is says a redirect, which nobody follows.
        return answer.Status is >= 200 and < 400 ? true : answer.Status is 404 or 410 ? false : null;
    }

    private string UrlOf(string path) => path.StartsWith(Absolute, StringComparison.Ordinal)
        ? new Uri(baseUrl).GetLeftPart(UriPartial.Authority) + path[Absolute.Length..] : baseUrl + path;

    /// <summary>Of another page's address the path alone is taken: the key goes nowhere else.</summary>
    private static string? NextOf(string? next) => string.IsNullOrEmpty(next) ? null
        : Uri.TryCreate(next, UriKind.Absolute, out var url) ? Absolute + url.PathAndQuery : throw new FormatException();

    /// <summary>Bytes of a list that is held whole.</summary>
    private const int MostOfAll = 16 * 1024 * 1024;

    private const string NoList = "the provider's answer is no list";

    /// <summary>Before a path that begins at the host.</summary>
    private const string Absolute = "host:";
}
