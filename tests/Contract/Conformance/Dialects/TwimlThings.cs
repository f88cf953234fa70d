namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>What an account makes by the root for clients of TwiML, without a call.</summary>
internal static class TwimlThings
{
    public static readonly IReadOnlyList<ThingRow> Rows =
    [
        new("CreateApplication", """{"FriendlyName": "$unique"}""")
        {
            Id = "sid", List = "ListApplication", Read = "FetchApplication", Update = "UpdateApplication",
            Change = """{"FriendlyName": "$unique2"}""", Delete = "DeleteApplication",
        },
        new("CreateQueue", """{"FriendlyName": "$unique"}""")
        {
            Id = "sid", List = "ListQueue", Read = "FetchQueue", Update = "UpdateQueue", Change = """{"MaxSize": 417}""",
            Acts = [new("ListMember")], Delete = "DeleteQueue",
        },
    ];
}
