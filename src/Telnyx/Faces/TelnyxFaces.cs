using Ringwright.Store.Resources;
using Ringwright.Telnyx.Connections;
using Ringwright.Telnyx.Numbers;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Faces;

/// <summary>How this dialect shows what the operator, the node or another dialect has made or changed.</summary>
public static class TelnyxFaces
{
    /// <summary>Stands in the database for good.</summary>
    internal const string Dialect = "telnyx";

    public static readonly DialectFaces All = new(Dialect)
    {
        Numbers = NumberFace.Write,
        Connections = ConnectionFace.Write,
        Profiles = ProfileFace.Write,
        SipUsers = SipUserFace.Write,
    };
}
