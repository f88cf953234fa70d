namespace Ringwright.Edge.Telnyx;

/// <summary>One plain resource around SIP connections: what the tests that all of them pass need to know.</summary>
internal sealed record SipResource(string Path, string RecordType)
{
    /// <summary>
    /// A body whose name is @, for resources that need no other; <c>$credential</c>, <c>$ip</c>, <c>$fqdn</c> stand for connections' ids.
    /// </summary>
    public required string Body { get; init; }
    public required string Missing { get; init; }
    public required string MissingPointer { get; init; }
    public required string Wrong { get; init; }
    public required (string Code, string Pointer) WrongCode { get; init; }
    public required string Patch { get; init; }
    /// <summary>Field that the patch changes, and its value afterwards.</summary>
    public required (string Name, string Value) Patched { get; init; }
    /// <summary>A filter that finds the resource named @ and no other.</summary>
    public required string Filter { get; init; }

    public override string ToString() => Path;

    public static readonly SipResource[] All =
    [
        new("/v2/credential_connections", "credential_connection")
        {
            Body = """{"connection_name":"@","user_name":"user@","password":"password-1"}""",
            Missing = """{"connection_name":"@","user_name":"user@"}""", MissingPointer = "/password",
            Wrong = """{"connection_name":"@","user_name":"a b!","password":"password-1"}""", WrongCode = ("10015", "/user_name"),
            Patch = """{"sip_uri_calling_preference":"internal"}""", Patched = ("sip_uri_calling_preference", "internal"),
            Filter = "filter[connection_name][contains]=@",
        },
        new("/v2/ip_connections", "ip_connection")
        {
            Body = """{"connection_name":"@"}""",
            Missing = """{"connection_name":" "}""", MissingPointer = "/connection_name",
            Wrong = """{"connection_name":"@","transport_protocol":"SCTP"}""", WrongCode = ("10032", "/transport_protocol"),
            Patch = """{"transport_protocol":"TCP"}""", Patched = ("transport_protocol", "TCP"),
            Filter = "filter[connection_name][contains]=@",
        },
        new("/v2/fqdn_connections", "fqdn_connection")
        {
            Body = """{"connection_name":"@"}""",
            Missing = "{}", MissingPointer = "/connection_name",
            Wrong = """{"connection_name":"@","inbound":{"timeout_1xx_secs":121}}""", WrongCode = ("10033", "/inbound/timeout_1xx_secs"),
            Patch = """{"connection_name":"@","encrypted_media":"SRTP"}""", Patched = ("encrypted_media", "SRTP"),
            Filter = "filter[connection_name][contains]=@",
        },
        new("/v2/ips", "ip")
        {
            Body = """{"ip_address":"93.184.216.@","connection_id":"$ip"}""",
            Missing = """{"connection_id":"$ip"}""", MissingPointer = "/ip_address",
            Wrong = """{"ip_address":"93.184.216.@","port":70000}""", WrongCode = ("10033", "/port"),
            Patch = """{"ip_address":"93.184.217.@"}""", Patched = ("ip_address", "93.184.217.@"),
            Filter = "filter[ip_address]=93.184.216.@",
        },
        new("/v2/fqdns", "fqdn")
        {
            Body = """{"fqdn":"h@.example.com","dns_record_type":"a","connection_id":"$fqdn"}""",
            Missing = """{"fqdn":"h@.example.com","dns_record_type":"a"}""", MissingPointer = "/connection_id",
            Wrong = """{"fqdn":"h@.example.com","dns_record_type":"mx","connection_id":"$fqdn"}""",
            WrongCode = ("10032", "/dns_record_type"), Patch = """{"dns_record_type":"srv"}""", Patched = ("dns_record_type", "srv"),
            Filter = "filter[fqdn]=h@.example.com",
        },
        new("/v2/telephony_credentials", "credential")
        {
            Body = """{"connection_id":"$credential","name":"@"}""",
            Missing = """{"name":"@"}""", MissingPointer = "/connection_id",
            Wrong = """{"connection_id":"$ip","name":"@"}""", WrongCode = ("10015", "/connection_id"),
            Patch = """{"name":"@-changed"}""", Patched = ("name", "@-changed"),
            Filter = "filter[name]=@",
        },
    ];
}
