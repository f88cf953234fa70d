using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Blobs;

/// <summary>What files are kept for.</summary>
public enum BlobArea
{
    /// <summary>Audio that customers keep under names; the names are in the database.</summary>
    Media,
    Recordings,
    /// <summary>What jobs have made: reports and the like.</summary>
    Results,
}

/// <summary>
/// The name of a blob: an area, whose it is and an id of ours. There is no way to make one out of a text of a customer's:
/// what rows say is read for the id in it and for nothing else.
/// </summary>
public readonly record struct BlobKey
{
    private BlobKey(BlobArea area, TenantId tenant, Guid id, RecordFormat? format) =>
        (Area, Tenant, Id, Format) = (area, tenant, id, format);

    public BlobArea Area { get; }
    public TenantId Tenant { get; }
    public Guid Id { get; }
    /// <summary>Of a recording; else null.</summary>
    public RecordFormat? Format { get; }

    public static BlobKey OfMedia(TenantId tenant, Guid id) => new(BlobArea.Media, tenant, id, null);

    public static BlobKey OfRecording(TenantId tenant, Guid id, RecordFormat format) => new(BlobArea.Recordings, tenant, id, format);

    /// <param name="id">The job's, as a rule.</param>
    public static BlobKey OfResult(TenantId tenant, Guid id) => new(BlobArea.Results, tenant, id, null);

    /// <summary>The extension that the blob's file has where it is one: "", ".wav", ".mp3", ".ogg".</summary>
    public string Extension => Format is { } format ? "." + Names<RecordFormat>.Of(format) : "";

    /// <summary>"recordings/TENANT/ID.wav": what a store of objects may call it.</summary>
    public override string ToString() => $"{FolderOf(Area)}/{Tenant}/{Id:D}{Extension}";

    /// <summary>
    /// The blob that a row or a snapshot names: "5f0b…", "recordings/5f/5f0b….wav". Null when the text is no name of ours.
    /// </summary>
    internal static BlobKey? Read(BlobArea area, TenantId tenant, string? name)
    {
        if (name is null) return null;
        string file = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..], extension = Path.GetExtension(file);
        if (!Guid.TryParse(file.AsSpan(0, file.Length - extension.Length), out var id)) return null;
        return (area, extension) switch
        {
            (BlobArea.Recordings, ".wav") => OfRecording(tenant, id, RecordFormat.Wav),
            (BlobArea.Recordings, ".mp3") => OfRecording(tenant, id, RecordFormat.Mp3),
            (BlobArea.Recordings, ".ogg") => OfRecording(tenant, id, RecordFormat.Ogg),
            (BlobArea.Media or BlobArea.Results, "") => new(area, tenant, id, null),
            _ => null,
        };
    }

    internal static string FolderOf(BlobArea area) => Names<BlobArea>.Of(area);
}
