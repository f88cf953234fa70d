using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// The agency's brand: kept and shown to its users and its clients' for whoever makes pages for them. The node makes none itself, and
/// serves no domain of an agency's.
/// </summary>
internal sealed class AgencyBranding(AgencyParts parts)
{
    private const string RecordType = "agency", Css = "custom_css", RemoveLogos = "remove_logos";

    /// <summary>Bytes of an image: all of them are in the answer of each who asks for the agency.</summary>
    private const int MostBytes = 64 * 1024;

    public static readonly string[] Logos = ["logo_light", "logo_dark", "favicon"];
    private static readonly string[] Colours = ["primary_color", "accent_color"], Links = ["support_url", "terms_url", "privacy_url"],
        Images = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    /// <summary>All of it is said anew, but for the images.</summary>
    public async ValueTask<Reply> Put(OperationContext op)
    {
        var body = op.ReadObject();
        foreach (string field in Links)
            if ((string?)body[field] is { } link && !link.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                return op.Fail(AgencyText.Bad(field, $"{field} is an address that begins with https://."));
        if ((string?)body[Css] is { } css && BrandText.StyleFault(css) is { } fault) return op.Fail(AgencyText.Bad(Css, fault));
        var removed = (body[RemoveLogos] as JsonArray ?? []).Select(one => (string?)one).ToHashSet();
        body.Remove(RemoveLogos);
        foreach (string field in Colours)
            if ((string?)body[field] is { } colour) body[field] = BrandText.Readable(colour);
        return await ChangeAsync(op, before =>
        {
            var after = new JsonObject();
            foreach (var (field, value) in body.Where(one => one.Value is not null)) after[field] = value!.DeepClone();
            foreach (string logo in Logos.Where(logo => !removed.Contains(logo)))
                if (before[logo] is { } kept) after[logo] = kept.DeepClone();
            return after;
        });
    }

    /// <summary>An image, which is known by how it begins: none that could run anything.</summary>
    public async ValueTask<Reply> PutLogo(OperationContext op)
    {
        if (op.Files is not [{ Field: "file" } file]) return op.Fail(AgencyText.Bad("file", "One file is needed, as the part file."));
        if (file.Content.Length > MostBytes) return op.Fail(new Problem("too_large", $"An image has at most {MostBytes} bytes."));
        if (MagicBytes.TypeOf(file.Content.Span) is not { } type || !Images.Contains(type))
            return op.Fail(Fault.UnsupportedMediaType, "An image is PNG, JPEG, GIF or WebP.");
        string slot = (string?)op.ReadObject()["slot"] ?? Logos[0];
        string data = $"data:{type};base64,{Convert.ToBase64String(file.Content.Span)}";
        return await ChangeAsync(op, before =>
        {
            var after = before.DeepClone().AsObject();
            after[slot] = data;
            return after;
        });
    }

    private async ValueTask<Reply> ChangeAsync(OperationContext op, Func<JsonObject, JsonObject> change)
    {
        // Its row is there then.
        var agency = await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop);
        var now = await parts.Tenancy.BrandAsync(op.Caller.Root, change, op.Now, (before, after) => op.Note("branded", RecordType,
            agency.Id.ToString(), Plain(before), Plain(after)) with
        { Tenant = op.Caller.Root }, op.Stop);
        return op.Ok(now);
    }

    /// <summary>Without images: which there are.</summary>
    public static JsonObject Plain(JsonObject? branding)
    {
        var plain = branding?.DeepClone().AsObject() ?? [];
        var logos = Logos.Where(plain.ContainsKey).ToList();
        foreach (string logo in logos) plain.Remove(logo);
        if (logos.Count > 0) plain["logos"] = new JsonArray([.. logos.Select(logo => (JsonNode)logo)]);
        return plain;
    }
}
