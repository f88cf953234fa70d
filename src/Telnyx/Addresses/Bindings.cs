using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Addresses;

/// <summary>Addresses of accounts and of their users.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows() =>
    [
        Crud("FindAddresses", PostalAddresses.Kind),
        Crud("CreateAddress", PostalAddresses.Kind),
        Crud("GetAddress", PostalAddresses.Kind),
        Crud("DeleteAddress", PostalAddresses.Kind),
        Handle("ValidateAddress", op => new(PostalAddresses.Validate(op))),
        Crud("FindUserAddress", PostalAddresses.OfUsers),
        Crud("CreateUserAddress", PostalAddresses.OfUsers),
        Crud("GetUserAddress", PostalAddresses.OfUsers),
    ];
}
