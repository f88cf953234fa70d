using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ringwright.Http;

/// <summary>A body as the operation wants it, or the fault that it has.</summary>
internal readonly record struct ReadBody(JsonDocument? Document, ReadOnlyMemory<byte> Raw, Schema? Schema, Fault? Fault, string? Detail)
{
    /// <summary>Of a multipart form.</summary>
    public IReadOnlyList<UploadedFile> Files { get; init; } = [];

    public static ReadBody None => new(null, default, null, null, null);
    public static ReadBody Wrong(Fault fault, string detail) => new(null, default, null, fault, detail);
}

/// <summary>Reads a request body: media type, size, encoding, JSON. Holding it against its schema comes after.</summary>
internal static class BodyReader
{
    /// <summary>The server counts the framing of a chunked body too; the exact limit is kept here.</summary>
    public const int FramingBytes = 64 * 1024;

    private const string Json = "application/json";

    private static readonly byte[] Empty = "{}"u8.ToArray();
    // A name that stands twice would mean one thing to the checks and another to who reads the body.
    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = Limits.BodyDepth, AllowDuplicateProperties = false };

    public static async ValueTask<ReadBody> ReadAsync(Operation operation, HttpContext http, PipelineSettings settings,
        ApiForm api, CancellationToken stop)
    {
        if (operation.Body is not { } declared) return ReadBody.None;
        var request = http.Request;
        string mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var media) ? media.MediaType.Value ?? "" : "";
        // What says that it is JSON, and then what cannot be read or the same again, is JSON.
        if (mediaType.Length == 0 && request.ContentType?.Split((char[])[',', ';'], 2)[0].Trim() is { } first
                && first.Equals(Json, StringComparison.OrdinalIgnoreCase)) mediaType = Json;
        bool isForm = mediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        bool isMultipart = mediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        long limit = isMultipart || operation.Place is OperationPlace.Storage ? settings.UploadBytes : settings.BodyBytes;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit + FramingBytes;
        if (!await HasBodyAsync(http, stop)) return Parsed(Empty, declared.Content[0].Schema);

        if (BodyCoding.Refused(request) is { } coding) return ReadBody.Wrong(Fault.UnsupportedMediaType, coding);

        // Form endpoints take JSON of the same fields too, and some of JSON forms.
        bool isJson = mediaType.Equals(Json, StringComparison.OrdinalIgnoreCase);
        var body = declared.Find(mediaType) ?? (isJson ? declared.Find("application/x-www-form-urlencoded")
            : isForm && api.TakesForms(operation) ? declared.Find(Json) : null);
        if (body is null)
            return ReadBody.Wrong(Fault.UnsupportedMediaType, mediaType.Length == 0
                ? $"The request has a body and no Content-Type that can be read; use {declared.Content[0].MediaType}."
                : $"'{mediaType}' is not accepted here; use {string.Join(" or ", declared.Content.Select(c => c.MediaType))}.");

        // Outside of storage "any type" means JSON: the vendor's SDK sends it under that very name.
        if (body.MediaType == "*/*" && operation.Place is not OperationPlace.Storage && !isForm && !isMultipart) isJson = true;
        if (request.ContentLength > limit) return TooLarge(limit);
        try
        {
            if (isForm && await BeginsAsJsonAsync(request, stop)) (isForm, isJson) = (false, true);
            if (isForm || isMultipart) return await ReadFormAsync(request, body.Schema, api, limit, isForm, stop);
            var bytes = await ReadBytesAsync(request, limit, stop);
            if (bytes is null) return TooLarge(limit);
            if (!isJson) return new(null, bytes, null, null, null);
            return Parsed(SaysNothing(bytes, body.Schema, api) ? Empty : bytes, body.Schema);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return TooLarge(limit);
        }
        catch (InvalidDataException)
        {
            return ReadBody.Wrong(Fault.UndecodableBody,
                $"The form cannot be read: it is broken, or has more than {Limits.FormFields} fields.");
        }
    }

    /// <summary>
    /// Chunks without a byte are no body either, whatever type they are said to have: some clients send each POST without
    /// fields so, with and without a Content-Type.
    /// </summary>
    private static async ValueTask<bool> HasBodyAsync(HttpContext http, CancellationToken stop)
    {
        if (http.Request.ContentLength is { } length) return length > 0;
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is not true) return false;
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync(stop);
            bool isEmpty = read.Buffer.IsEmpty;
            http.Request.BodyReader.AdvanceTo(read.Buffer.Start);
            if (!isEmpty || read.IsCompleted) return !isEmpty;
        }
    }

    /// <summary>
    /// Blanks and ends of lines alone, as scripts send them, say no more than no body. PHP writes an object without members as a list, and
    /// Go and JavaScript one that is not there as null.
    /// </summary>
    private static bool SaysNothing(ReadOnlySpan<byte> bytes, Schema schema, ApiForm api)
    {
        var said = bytes.Trim(" \t\r\n"u8);
        return said.IsEmpty
            || (api.ReadsWrittenValues && schema.HasProperties && (said.SequenceEqual("[]"u8) || said.SequenceEqual("null"u8)));
    }

    /// <summary>Parses JSON that may be anything at all.</summary>
    internal static ReadBody Parsed(byte[] bytes, Schema schema)
    {
        var json = bytes.AsMemory();
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        if (!Utf8.IsValid(json.Span)) return ReadBody.Wrong(Fault.UndecodableBody, "The body is not UTF-8.");
        if (json.Span.IndexOf("\\u"u8) >= 0 && !JsonEscapes.AreReadable(json.Span))
            return ReadBody.Wrong(Fault.UndecodableBody, "The body has a text with a NUL or half a surrogate pair.");
        // Two bytes are the least that a value and what separates it from the next one have.
        if (json.Length > 2 * Limits.BodyValues && HasTooManyValues(json.Span))
            return ReadBody.Wrong(Fault.BodyTooLarge, $"The body may have at most {Limits.BodyValues} values.");
        try
        {
            return new(JsonDocument.Parse(json, Parsing), bytes, schema, null, null);
        }
        catch (JsonException e)
        {
            if (CanParse(json, Parsing with { AllowDuplicateProperties = true }))
                return ReadBody.Wrong(Fault.BadJson, "The body has the same name twice in one object.");
            if (CanParse(json, new() { MaxDepth = int.MaxValue }))
                return ReadBody.Wrong(Fault.BadJson, $"The body is nested more than {Limits.BodyDepth} levels deep.");
            return ReadBody.Wrong(Fault.BadJson, string.Create(CultureInfo.InvariantCulture,
                $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."));
        }
    }

    private static bool HasTooManyValues(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.BodyDepth });
        int values = 0;
        try
        {
            while (reader.Read())
                if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray)
                    && ++values > Limits.BodyValues) return true;
        }
        catch (JsonException)
        {
            // Told by whoever parses it.
        }
        return false;
    }

    private static bool CanParse(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        try
        {
            JsonDocument.Parse(json, options).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static ReadBody TooLarge(long limit) => ReadBody.Wrong(Fault.BodyTooLarge, $"The body may have at most {limit} bytes.");

    /// <summary>
    /// No form begins with a brace. One of the vendor's SDKs says that it sends a form, and sends JSON, and so does curl where nobody names
    /// a type; scripts break a line before it.
    /// </summary>
    private static async ValueTask<bool> BeginsAsJsonAsync(HttpRequest request, CancellationToken stop)
    {
        var read = await request.BodyReader.ReadAsync(stop);
        bool isJson = read.Buffer.FirstSpan.TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];
        request.BodyReader.AdvanceTo(read.Buffer.Start);
        return isJson;
    }

    private static async ValueTask<byte[]?> ReadBytesAsync(HttpRequest request, long limit, CancellationToken stop)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(stop);
            if (read.Buffer.Length > limit) return null;
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>
    /// A form as an object: numbers and truths where the schema has them, repeated names as arrays, files by their names.
    /// </summary>
    /// <param name="isEncoded">Its blanks may have been pluses.</param>
    private static async ValueTask<ReadBody> ReadFormAsync(
        HttpRequest request, Schema schema, ApiForm api, long limit, bool isEncoded, CancellationToken stop)
    {
        var form = await request.ReadFormAsync(new FormOptions
        {
            ValueCountLimit = Limits.FormFields,
            ValueLengthLimit = Limits.BodyBytes,
            MultipartBodyLengthLimit = limit,
        }, stop);
        var fields = new JsonObject();
        foreach (var (name, values) in form)
        {
            if (name.Length > Limits.FormNameCharacters)
                return ReadBody.Wrong(Fault.UndecodableBody,
                    $"The name of a form's field may have at most {Limits.FormNameCharacters} characters.");
            if (values.Any(v => v is null || v.Contains('\0'))) return ReadBody.Wrong(Fault.UndecodableBody, "The form has a NUL.");
            string field = FieldOf(schema, api, name);
            var property = schema.FindProperty(field);
            if (property?.Types is JsonTypes.Array)
            {
                if (fields[field] is not JsonArray list) fields[field] = list = new JsonArray();
                foreach (string? value in values) list.Add(Typed(property.Items, value!));
            }
            else if (api.SpacedLists.Contains(field))
            {
                var words = values.Prepend((string?)fields[field]).Where(word => !string.IsNullOrEmpty(word));
                fields[field] = string.Join(' ', words);
            }
            else
            {
                string text = values[^1]!;
                if (!IsUnset(property, text)) fields[field] = Typed(property, isEncoded ? UnencodedPlus.OfForm(text) : text);
            }
        }

        var files = new List<UploadedFile>();
        foreach (var file in form.Files)
        {
            fields[file.Name] = file.FileName;
            var content = new byte[file.Length];
            await using var stream = file.OpenReadStream();
            await stream.ReadExactlyAsync(content, stop);
            files.Add(new(file.Name, file.FileName, file.ContentType, content));
        }

        var bytes = PlainJsonNodes.Write(fields);
        return new(JsonDocument.Parse(bytes), bytes, schema, null, null) { Files = files };
    }

    /// <summary>The field that a name means: name[] and name[0] are items of a list, as PHP and others write them.</summary>
    private static string FieldOf(Schema schema, ApiForm api, string name)
    {
        int bracket = name.IndexOf('[');
        if (bracket < 0 || schema.FindProperty(name) is not null) return name;
        if (name.AsSpan(bracket) is not ['[', .. var index, ']'] || index.ContainsAnyExceptInRange('0', '9')) return name;
        string list = name[..bracket];
        return schema.FindProperty(list)?.Types is JsonTypes.Array || api.SpacedLists.Contains(list) ? list : name;
    }

    /// <summary>
    /// A field that is empty where a number, a truth, an id or one of some words is wanted is not given: programs that write each of their
    /// fields send it for those that nobody has set.
    /// </summary>
    private static bool IsUnset(Schema? property, string text) => property is not null && string.IsNullOrWhiteSpace(text)
        && (EmptyChoices.IsChoice(property) || property.Types is not JsonTypes.Any && !property.Types.HasFlag(JsonTypes.String));

    /// <summary>
    /// The number or truth that the text says, where no text may stand: a 1,2 is no 12. Of some words the one that is meant, however its
    /// letters are written: a form has get as well as GET.
    /// </summary>
    private static JsonNode Typed(Schema? schema, string text)
    {
        string bare = text.Trim();
        if (WrittenValue.Of(schema?.Types ?? JsonTypes.Any, bare) is { } said) return said;
        if (schema?.Texts is not { } words || words.Contains(text)) return text;
        return words.Where(word => word.Equals(bare, StringComparison.OrdinalIgnoreCase)).ToArray() is [var meant] ? meant : text;
    }
}
