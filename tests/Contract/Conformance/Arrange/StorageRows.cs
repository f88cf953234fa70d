namespace Ringwright.Contract.Conformance;

/// <summary>Files that customers keep with us.</summary>
internal static class StorageRows
{
    public static readonly Area Area = new(
    [
        new("CreateMediaStorage", """{"media_url": "$wav"}""")
        {
            Full = """{"media_name": "$unique", "ttl_secs": 3600}""", Id = "media_name"
        },
        new("DownloadMedia") { Path = ["$CreateMediaStorage"] },
    ]);
}
