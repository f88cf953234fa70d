using System.Text;

namespace Ringwright.Http.Parcels;

/// <summary>The contract of a parcel office: small, and different from every other in all that an engine could take for granted.</summary>
internal static class ParcelContract
{
    public const int MostTaken = 3;

    private const string Json = """
        {
          "bad_body_status": 400,
          "schemas": {
            "Parcel": {"type": "object", "required": ["key", "made", "colour"], "properties": {
              "key": {"type": "string", "readOnly": true}, "made": {"type": "integer", "readOnly": true}, "changed": {"type": "integer", "readOnly": true},
              "colour": {"type": "string"}, "weight": {"type": "integer"}, "pin": {"type": "string"}}},
            "NewParcel": {"type": "object", "required": ["colour"], "properties": {
              "colour": {"type": "string", "maxLength": 10}, "weight": {"type": "integer", "minimum": 1, "default": 1}, "pin": {"type": "string"}}},
            "Change": {"type": "object", "properties": {"colour": {"type": "string", "maxLength": 10}, "weight": {"type": "integer", "minimum": 1}}},
            "One": {"type": "object", "required": ["ok", "result"], "properties": {"ok": {"type": "boolean"}, "result": {"$ref": "Parcel"}}},
            "Page": {"type": "object", "required": ["ok", "entries", "count", "next"], "properties": {"ok": {"type": "boolean"},
              "entries": {"type": "array", "items": {"$ref": "Parcel"}}, "count": {"type": "integer"}, "next": {"type": ["integer", "null"]}}},
            "Login": {"type": "object", "required": ["secret"], "properties": {"secret": {"type": "string"}}}
          },
          "parameters": {
            "skip": {"name": "skip", "in": "query", "schema": {"type": "integer"}},
            "take": {"name": "take", "in": "query", "schema": {"type": "integer", "default": 2, "maximum": 3}},
            "colour": {"name": "colour", "in": "query", "schema": {"type": "string"}},
            "key": {"name": "key", "in": "path", "required": true, "schema": {"type": "string"}}
          },
          "operations": [
            {"id": "ListParcels", "method": "GET", "path": "/parcels", "family": "Parcels", "parameters": ["skip", "take", "colour"],
              "success": {"200": {"application/json": {"$ref": "Page"}}}},
            {"id": "AddParcel", "method": "POST", "path": "/parcels", "family": "Parcels",
              "body": {"required": true, "content": {"application/json": {"$ref": "NewParcel"}}}, "success": {"201": {"application/json": {"$ref": "One"}}}},
            {"id": "GetParcel", "method": "GET", "path": "/parcels/{key}", "family": "Parcels", "parameters": ["key"],
              "success": {"200": {"application/json": {"$ref": "One"}}}},
            {"id": "ChangeParcel", "method": "PATCH", "path": "/parcels/{key}", "family": "Parcels", "parameters": ["key"],
              "body": {"required": true, "content": {"application/json": {"$ref": "Change"}}}, "success": {"200": {"application/json": {"$ref": "One"}}}},
            {"id": "DropParcel", "method": "DELETE", "path": "/parcels/{key}", "family": "Parcels", "parameters": ["key"], "success": {"204": {}}},
            {"id": "PutLabel", "method": "PUT", "path": "/parcels/{key}/label", "family": "Labels", "parameters": ["key"],
              "body": {"required": true, "content": {"application/octet-stream": {}}}, "success": {"200": {"application/json": {"type": "object"}}}},
            {"id": "GetLabel", "method": "GET", "path": "/parcels/{key}/label", "family": "Labels", "parameters": ["key"],
              "success": {"200": {"application/octet-stream": {}}}},
            {"id": "TalkParcels", "method": "GET", "path": "/talk", "family": "Talk", "success": {"101": {}}},
            {"id": "OpenSession", "method": "POST", "path": "/session", "family": "Sessions", "public": true,
              "body": {"required": true, "content": {"application/json": {"$ref": "Login"}}}, "success": {"200": {"application/json": {"type": "object"}}}},
            {"id": "ShowSession", "method": "GET", "path": "/session", "family": "Sessions", "success": {"200": {"application/json": {"type": "object"}}}},
            {"id": "CloseSession", "method": "DELETE", "path": "/session", "family": "Sessions", "success": {"204": {}}},
            {"id": "WeighParcels", "method": "GET", "path": "/scales", "family": "Scales", "success": {"200": {"application/json": {"type": "object"}}}}
          ]
        }
        """;

    private const string Roles = """
        scope	name	method	role	note
        operation	TalkParcels	*	member	-
        operation	CloseSession	*	reader	-
        field	Parcels/pin	-	member	it opens the box
        """;

    /// <summary>Code, title, status.</summary>
    private const string Errors = """
        code	title	status
        wrong	Something in it is wrong	400
        who	Nobody knows you	401
        no	You may not	403
        lost	It is not here	404
        how	Not like this	405
        clash	It cannot be now	409
        big	It is too much	413
        kind	It is of no use here	415
        slow	Not so fast	429
        broken	It is our fault	500
        later	Not yet	501
        away	Come again	503
        """;

    public static readonly Envelope Envelope = new("result") { List = "entries", Beside = [new("ok", "true")] };

    public static Contract Read()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(Json));
        return Contract.Read(json, Envelope, roles: Roles);
    }

    public static ErrorCatalogue ReadErrors() =>
        ErrorCatalogue.Read(Errors,
            "fault\tcode\n" + string.Concat(Enum.GetValues<Fault>().Select(fault => $"{fault}\t{CodeOf(fault)}\n")));

    private static string CodeOf(Fault fault) => fault switch
    {
        Fault.UnknownPath or Fault.UnknownResource or Fault.BadPathId => "lost",
        Fault.MethodNotAllowed => "how",
        Fault.Unauthenticated or Fault.UnknownCredential or Fault.ExpiredToken => "who",
        Fault.Forbidden or Fault.ForeignResource or Fault.AccountDisabled or Fault.AddressNotAllowed => "no",
        Fault.TooManyRequests => "slow",
        Fault.UnsupportedMediaType => "kind",
        Fault.BodyTooLarge => "big",
        Fault.Duplicate or Fault.InUse or Fault.Conflict or Fault.WrongState => "clash",
        Fault.NotImplemented => "later",
        Fault.Unavailable => "away",
        Fault.Internal => "broken",
        _ => "wrong",
    };
}
