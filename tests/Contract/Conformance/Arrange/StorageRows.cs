using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance;

/// <summary>Files that customers keep with us, and where they keep recordings themselves.</summary>
internal static class StorageRows
{
    private const string Bucket = """
        {"backend": "s3", "configuration": {"bucket": "recordings", "region": "us-east-1", "aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret",
            "credentials": null, "account_key": null, "account_name": null}}
        """;

    public static readonly Area Area = new(
    [
        new("CreateMediaStorage", """{"media_url": "$wav"}""")
        {
            Full = """{"media_name": "$unique", "ttl_secs": 3600}""", Id = "media_name"
        },
        new("DownloadMedia") { Path = ["$CreateMediaStorage"] },
        new("CreateCustomStorageCredentials", Bucket) { Path = ["$CreateCallControlApplication"], Full = OfOurs },
        new("GetCustomStorageCredentials") { Path = ["$stored"] },
        new("UpdateCustomStorageCredentials", Bucket) { Path = ["$stored"], Full = OfOurs },
        new("DeleteCustomStorageCredentials") { Path = ["$stored"] },
    ])
    {
        Words = new Dictionary<string, Func<Words, Task<string>>>
        {
            // The id of a connection that has a bucket.
            ["stored"] = async words =>
            {
                string connection = await words.FillAsync("$CreateCallControlApplication");
                var body = JsonNode.Parse(Bucket)!.AsObject();
                foreach (string other in (string[])["credentials", "account_key", "account_name"])
                    body["configuration"]!.AsObject().Remove(other);
                var made = await words.Node.Owner.SendAsync("POST", $"/v2/custom_storage_credentials/{connection}", Ask.Json(body));
                Assert.Equal(200, made.Status);
                return connection;
            },
        },
    };

    private const string OfOurs = """{"configuration": {"endpoint": "http://127.0.0.1:9"}}""";
}
